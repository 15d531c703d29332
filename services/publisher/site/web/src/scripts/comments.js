// Loads giscus into its place: on a click, or when a reader scrolls there.
const place = document.querySelector("[data-giscus]");
const button = place?.querySelector("button");

function load() {
  removeEventListener("scroll", whenSeen);
  if (!place || place.dataset.loaded) return;
  place.dataset.loaded = "yes";
  button.hidden = true;
  const script = document.createElement("script");
  script.src = "https://giscus.app/client.js";
  script.async = true;
  script.crossOrigin = "anonymous";
  const { repo, repoId, category, categoryId, term } = place.dataset;
  const facts = {
    repo, repoId, category, categoryId, term, mapping: "specific", strict: "1", reactionsEnabled: "1", emitMetadata: "0",
    inputPosition: "top", theme: "preferred_color_scheme", lang: "en",
  };
  Object.assign(script.dataset, facts);
  script.addEventListener("error", () => {
    delete place.dataset.loaded;
    script.remove();
    button.hidden = false;
    button.textContent = "giscus.app cannot be reached; try again";
  });
  place.append(script);
}

function whenSeen() {
  if (place.parentElement.getBoundingClientRect().top < innerHeight) load();
}

if (place) {
  button.hidden = false;
  button.addEventListener("click", load);
  if (place.dataset.load === "scroll") addEventListener("scroll", whenSeen, { passive: true });
}
