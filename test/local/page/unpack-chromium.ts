/**
 * Unpacks the Chromium of the npm package into the directory for temporary files. Started by browser.ts in a process of
 * its own: the package reads and changes the environment while it is imported.
 */
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
