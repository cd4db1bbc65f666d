// Drives a Chromium as a person would: opens pages, fills in fields by their labels, presses buttons and keys.
// Applications of ./applications are bundled, and served from a port of their own, so that they are of another origin.
import { createServer } from 'node:http';
import esbuild from 'esbuild';
import { chromium } from 'playwright-core';
import { palette } from './palette.mjs';
import { serve, totp } from './lines.mjs';

let browser;
let page;
let complaints = [];
const servers = [];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const PATIENCE = 15000;

async function fresh({ width = 1280, height = 800, dark = false }) {
  await page?.context().close();
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE);
  page = await context.newPage();
  complaints = [];
  page.on('console', (said) => said.type() === 'error' && complaints.push(said.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
}

const byName = (name) => page.getByRole('button', { name, exact: true }).or(page.getByRole('link', { name, exact: true }));

// Without a name it does nothing, as a client whose redirects are only looked at.
async function application({ name }) {
  const entry = new URL(`./applications/${name}.mjs`, import.meta.url).pathname;
  const options = { entryPoints: [entry], bundle: true, write: false, format: 'iife', logLevel: 'silent' };
  const made = name ? await esbuild.build(options) : { outputFiles: [{ text: '' }] };
  const answer = (request, response) => {
    const script = request.url.startsWith('/app.js');
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
    response.end(script ? made.outputFiles[0].text : '<!DOCTYPE html><title>App</title><script src="/app.js"></script>');
  };
  const server = createServer(answer);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  servers.push(server);
  return `http://localhost:${server.address().port}`;
}

async function authenticator() {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable', { enableUI: false });
  const options = {
    ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
    ...{ isUserVerified: true, automaticPresenceSimulation: true },
  };
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
}

await serve(
  {
    start: async ({ executablePath }) => {
      browser = await chromium.launch({ executablePath, args: QUIET, chromiumSandbox: false, timeout: 60000 });
    },
    fresh,
    application,
    authenticator,
    open: ({ url }) => page.goto(url).then(() => null),
    fill: ({ label, text }) => page.getByLabel(label, { exact: true }).fill(text),
    check: ({ label }) => page.getByLabel(label, { exact: true }).check(),
    click: ({ name }) => byName(name).click(),
    press: ({ key }) => page.keyboard.press(key),
    type: ({ text }) => page.keyboard.type(text),
    heading: ({ name }) => page.getByRole('heading', { name, exact: true }).waitFor(),
    reach: ({ url, unlike }) => page.waitForURL((u) => u.href.startsWith(url) && u.href !== unlike).then(() => page.url()),
    see: ({ words }) => page.getByText(words).first().waitFor(),
    text: ({ of }) => page.locator(of ?? 'body').innerText(),
    url: () => page.url(),
    focused: () => page.evaluate(() => document.activeElement.id || document.activeElement.innerText),
    call: ({ name, args }) => page.evaluate(([n, a]) => window.app[n](...a), [name, args ?? []]),
    evaluate: ({ script }) => page.evaluate(script),
    ready: () => page.waitForFunction(() => window.app?.ready),
    complaints: () => complaints,
    resize: ({ width, height, dark }) =>
      Promise.all([page.setViewportSize({ width, height }), page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' })]).then(() => null),
    picture: async ({ whole }) => palette(await page.screenshot({ fullPage: whole ?? true, animations: 'disabled', caret: 'hide' })).toString('base64'),
    totp: ({ key, later }) => totp(key, later),
  },
  async () => {
    await browser?.close();
    servers.forEach((server) => server.close());
  },
);
