/**
 * Unpacks the Chromium of the npm package into the directory for temporary files. browser.ts starts it as a separate
 * process, because the package reads and changes the environment when it is imported.
 */
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
