// Adds to each block of code a button that copies it, and lets wide tables scroll by the keyboard.
"use strict";

const SHOWN = 2000; // milliseconds

function button(block) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "copy";
  made.textContent = "Copy";
  made.setAttribute("aria-live", "polite");
  made.addEventListener("click", async () => {
    made.textContent = (await copied(block.textContent)) ? "Copied" : "Not copied";
    setTimeout(() => (made.textContent = "Copy"), SHOWN);
  });
  return made;
}

// Without https, as on a server of one's own, browsers have no clipboard for pages; then the old command is asked.
async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

// What a command printed is not copied.
for (const block of document.querySelectorAll(":not(.highlight-text) > div.highlight > pre")) block.parentElement.append(button(block));
for (const wide of document.querySelectorAll(".pst-scrollable-table-container, div.highlight > pre")) wide.tabIndex = 0;
