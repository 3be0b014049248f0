"use strict";
/* Ages and deadlines stay true while a page is open; the server wrote the first words. */
(() => {
  const pair = (large, largeUnit, small, smallUnit) =>
    small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;

  const elapsed = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(seconds / 3600);
    const days = Math.floor(seconds / 86400);
    if (days) return pair(days, "d", hours % 24, "h");
    if (hours) return pair(hours, "h", minutes % 60, "m");
    return minutes ? `${minutes} m` : `${Math.floor(seconds)} s`;
  };

  const words = {
    ago: (seconds) => `${elapsed(Math.max(seconds, 0))} ago`,
    due: (seconds) => (seconds > 0 ? `breached ${elapsed(seconds)}` : `${elapsed(-seconds)} left`),
  };

  /* The server's clock counts, since the reader's may be wrong and an invented firm lives on its own day. */
  const skew = Date.parse(document.documentElement.dataset.now) - Date.now();

  const refresh = () => {
    const now = Date.now() + skew;
    for (const time of document.querySelectorAll("time[data-live]")) {
      const seconds = (now - Date.parse(time.dateTime)) / 1000;
      const said = words[time.dataset.live](seconds);
      if (time.textContent !== said) time.textContent = said;
      if (time.dataset.live === "due") {
        time.classList.toggle("bad", seconds > 0);
        time.classList.toggle("warn", seconds <= 0 && seconds > -7200);
      }
    }
  };

  setInterval(refresh, 10000);
})();
