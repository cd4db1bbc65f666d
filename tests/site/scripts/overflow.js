// What of each of PAGES is wider than the window. Tables and code scroll inside a box, which must not be wider either.
const BOXES = "h1, h2, h3, h4, p, li, button, img, pre, .pst-scrollable-table-container";

function cut(width) {
  return [...page.querySelectorAll(`main :is(${BOXES})`)].filter((element) => {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("table")) return false;
    const { left, right } = element.getBoundingClientRect();
    return left < -0.5 || right > width + 0.5;
  });
}

for (const name of PAGES) {
  await open(name);
  for (const width of [390, 1280]) {
    await size(width);
    const wide = page.documentElement.scrollWidth;
    const elements = cut(width).map((element) => element.outerHTML.slice(0, 200));
    if (wide > width || elements.length) found.push({ name, width, wide, elements: elements.slice(0, 3) });
  }
}
