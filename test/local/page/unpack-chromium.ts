/**
 * Unpacks the Chromium of the npm package and prints the path of the program. Started by browser.ts in a process of its
 * own: the package reads and changes the environment while it is imported.
 */
import chromium from '@sparticuz/chromium';

process.stdout.write(await chromium.executablePath());
