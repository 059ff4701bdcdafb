"use strict";
// Every link with data-t leads to a time of the video; without this script it opens the video there.
(() => {
  const video = document.querySelector("video");
  if (!video) return;
  document.documentElement.classList.add("js");
  const watch = document.querySelector(".watch");
  const plot = document.querySelector(".plot");
  const scroll = document.querySelector(".scroll");
  const head = document.querySelector(".playhead");
  const now = document.querySelector(".now");
  const rows = [...document.querySelectorAll("tr.rep[data-t]")];
  const bands = [...document.querySelectorAll("[data-phase]")];
  const length = plot ? Number(plot.dataset.duration) : 0;
  const knots = plot ? JSON.parse(plot.dataset.knots) : []; // seconds, and seconds of the plot's length
  let wanted = null; // a time asked for before the video could be moved

  const clock = (second) =>
    second < 60
      ? `${second.toFixed(1)} s`
      : `${Math.floor(second / 60)}:${(second % 60).toFixed(1).padStart(4, "0")}`;
  // a value between the knots, from one of their sides to the other; long gaps are drawn short
  const along = (value, from, to) => {
    const after = Math.max(knots.findIndex((knot) => knot[from] >= value), 1);
    const [a, b] = [knots[after - 1], knots[after]];
    return a[to] + ((value - a[from]) / (b[from] - a[from] || 1)) * (b[to] - a[to]);
  };
  const shareOf = (second) => along(Math.min(Math.max(second, 0), length), 0, 1) / knots[knots.length - 1][1];
  const within = (node, second) => Number(node.dataset.t) <= second && second < Number(node.dataset.end);

  function place(second) {
    const row = rows.find((node) => within(node, second));
    for (const node of rows) node.classList.toggle("now-playing", node === row);
    const band = bands.find((node) => within(node, second));
    const words = [row && row.dataset.name, band && band.dataset.phase].filter(Boolean);
    now.textContent = [clock(second), ...words].join(" · ");
    if (!plot) return;
    const share = `${shareOf(second) * 100}%`;
    head.setAttribute("x", share);
    head.setAttribute("aria-valuenow", second.toFixed(1));
    head.setAttribute("aria-valuetext", now.textContent);
  }

  function follow(second) {
    if (!plot) return;
    const x = shareOf(second) * plot.clientWidth;
    const room = scroll.clientWidth;
    if (x < scroll.scrollLeft + 20 || x > scroll.scrollLeft + room - 40) scroll.scrollLeft = x - room * 0.3;
  }

  function seek(second) {
    const end = video.duration || length || second;
    const goal = Math.min(Math.max(second, 0), end);
    if (video.readyState > 0) video.currentTime = goal;
    else wanted = goal;
    place(goal);
    follow(goal);
    const box = watch.getBoundingClientRect();
    if (box.top < -20 || box.top > window.innerHeight - 120) watch.scrollIntoView({ block: "start" });
  }

  function repBeside(step) {
    const starts = rows.map((row) => Number(row.dataset.t));
    const here = video.currentTime;
    return step > 0
      ? starts.find((start) => start > here + 0.05)
      : starts.filter((start) => start < here - 0.6).pop();
  }
  function jump(step) {
    const start = repBeside(step);
    if (start !== undefined) seek(start);
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const goal = event.target.closest("[data-t]");
    if (goal && !goal.dataset.phase) {
      event.preventDefault();
      seek(Number(goal.dataset.t));
    } else if (plot && plot.contains(event.target)) {
      const box = plot.getBoundingClientRect();
      seek(along(((event.clientX - box.left) / box.width) * knots[knots.length - 1][1], 1, 0));
    }
  });
  document.querySelector(".previous")?.addEventListener("click", () => jump(-1));
  document.querySelector(".next")?.addEventListener("click", () => jump(1));
  const slow = document.querySelector(".slow");
  slow.addEventListener("click", () => {
    const half = video.playbackRate === 1;
    video.playbackRate = half ? 0.5 : 1;
    slow.setAttribute("aria-pressed", String(half));
  });
  const steps = { ArrowLeft: -0.2, ArrowRight: 0.2, ArrowDown: -1, ArrowUp: 1 };
  if (head)
    head.addEventListener("keydown", (event) => {
      const ends = { Home: 0, End: length };
      if (event.key in steps) seek(video.currentTime + steps[event.key]);
      else if (event.key in ends) seek(ends[event.key]);
      else if (event.key === "PageUp") jump(-1);
      else if (event.key === "PageDown") jump(1);
      else return;
      event.preventDefault();
    });

  const tick = () => {
    place(video.currentTime);
    if (video.paused || video.ended) return;
    follow(video.currentTime);
    requestAnimationFrame(tick);
  };
  video.addEventListener("play", tick);
  video.addEventListener("seeked", () => place(video.currentTime));
  video.addEventListener("loadedmetadata", () => {
    if (wanted !== null) video.currentTime = wanted;
    wanted = null;
  });
  const lost = () => {
    document.querySelector(".lost").hidden = false;
  };
  video.addEventListener("error", lost);
  if (video.error) lost();
  place(0);
})();
