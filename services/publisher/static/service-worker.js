// Keeps static files alone, so that the app opens quickly; pages always come from papersys, and none is stored here.
"use strict";

const CACHE = "papersys-static-1";
const OFFLINE = "/static/offline.html";
const FOR_OFFLINE = [OFFLINE, "/static/reader.css", "/static/icon.svg"];
const MOST_FILES = 100;

// A file's address holds its content's hash, or it is a font: it never changes.
function neverChanges(url) {
  return url.pathname.startsWith("/static/") && (url.searchParams.has("v") || url.pathname.endsWith(".woff2"));
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    await forgetOld(cache);
  }
  return response;
}

async function forgetOld(cache) {
  const requests = await cache.keys();
  const old = requests.filter((request) => new URL(request.url).search || request.url.endsWith(".woff2"));
  for (const request of old.slice(0, Math.max(0, old.length - MOST_FILES))) await cache.delete(request);
}

async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const offline = await caches.match(OFFLINE);
    if (offline) return offline;
    throw error;
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FOR_OFFLINE)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name.startsWith("papersys-") && name !== CACHE));
  event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (neverChanges(url)) event.respondWith(kept(event.request));
  else if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (FOR_OFFLINE.includes(url.pathname)) event.respondWith(fetch(event.request).catch(() => caches.match(url.pathname)));
});
