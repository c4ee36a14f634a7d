// How the portal is built: one page per chunk, no inline script, nothing fetched from elsewhere.
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/openapi.json', '/health'].map((path) => [
        path,
        process.env.KAPOK_PORTAL_API ?? 'http://localhost:8460',
      ]),
    ),
  },
})
