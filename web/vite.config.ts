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
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Few requests on a slow line: libraries together, and what most pages share together.
          groups: [
            { name: 'libraries', test: /node_modules/, minShareCount: 2, priority: 2 },
            { name: 'shared', test: /web\/(api|components|identity|text)\//, minShareCount: 4 },
          ],
        },
      },
    },
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
