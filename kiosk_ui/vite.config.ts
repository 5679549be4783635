import { defineConfig } from "vite";

/** Everything the page needs comes from the agent itself, as files: nothing inline, nothing from elsewhere. */
export default defineConfig({
  base: "/",
  build: {
    outDir: "../edge/samut_edge/kiosk_page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
});
