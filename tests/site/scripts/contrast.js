// How much text differs from what is behind it, on each of PAGES in light and in dark.
const LEAST = 4.5;

function luminance([red, green, blue]) {
  const part = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
}

const style = (element) => frame.contentWindow.getComputedStyle(element);
const parts = (colour) => colour.match(/[\d.]+/g).map(Number);

function behind(element) {
  for (let here = element; here; here = here.parentElement) {
    const colour = parts(style(here).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return luminance(colour);
  }
  return 1;
}

function contrast(element) {
  const [weak, strong] = [luminance(parts(style(element).color)), behind(element)].sort((a, b) => a - b);
  return (strong + 0.05) / (weak + 0.05);
}

const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());

await size(1280);
for (const name of PAGES) {
  for (const mode of ["light", "dark"]) {
    await open(name);
    page.documentElement.dataset.theme = page.documentElement.dataset.mode = mode;
    await pause(400);
    const words = [...page.querySelectorAll("main *, header a, .bd-sidebar-primary a")].filter(
      (element) => element.offsetParent && hasText(element),
    );
    const weak = words.filter((element) => contrast(element) < LEAST);
    found.push({
      name,
      mode,
      dark: behind(page.body) < 0.2,
      words: words.length,
      weak: weak.slice(0, 5).map((element) => `${contrast(element).toFixed(2)} ${element.outerHTML.slice(0, 120)}`),
    });
  }
}
