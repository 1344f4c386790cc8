// Runs before the first paint: what this device's reader chose, so that nothing flashes.
(function (root) {
  root.className = "js";
  try {
    var saved = JSON.parse(localStorage.getItem("talehouse.reader")) || {};
    "theme font size leading width gap align bubbles view".split(" ").forEach(function (key) {
      if (saved[key]) root.dataset[key] = saved[key];
    });
    if (saved.theme && saved.bg)
      document.querySelectorAll("meta[name=theme-color]").forEach(function (meta) { meta.content = saved.bg; });
  } catch (error) { /* storage is closed: the defaults are good */ }
})(document.documentElement);
