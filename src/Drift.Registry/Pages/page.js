// SPDX-License-Identifier: Apache-2.0
"use strict";
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
      document.getElementById("copied").textContent = "Copied " + button.dataset.copy;
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }
}
