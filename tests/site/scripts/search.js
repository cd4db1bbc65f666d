// The pages that the search page lists for each of WORDS, as paths from the root of the site.
await size(1280);
for (const word of WORDS) {
  await open(`search.html?q=${word}`);
  const links = () => [...page.querySelectorAll("#search-results .search li a")];
  await until(() => links().length);
  await pause(500);
  found.push({ word, links: links().map((link) => new URL(link.href).pathname.slice(1)) });
}
