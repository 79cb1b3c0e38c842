import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { chromiumArguments, findChromium } from './scripts/chromium.mjs'
import { chunkReport, pageChunks, workerChunks } from './scripts/chunks.mjs'

const alias = { '@': fileURLToPath(new URL('./src', import.meta.url)) }

const engineTests = ['src/engine/**/*.test.ts', 'src/lib/**/*.test.ts']

// A busy machine is no failure: tests hold what is right, benches how fast it is.
const patience = { testTimeout: 90_000, hookTimeout: 90_000, retry: 1 }

export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss(), chunkReport('page')],
  resolve: { alias },
  worker: { format: 'es', plugins: () => [chunkReport('worker')], rolldownOptions: { output: workerChunks } },
  // Found at once rather than while tests run: a late find would load React a second time.
  optimizeDeps: {
    include: [
      'react',
      'react-dom',
      'react-dom/client',
      'react/jsx-runtime',
      'react/jsx-dev-runtime',
      'radix-ui',
      'lucide-react',
      'class-variance-authority',
      '@tanstack/react-query',
      '@tanstack/react-virtual',
      '@xyflow/react',
      'zustand',
      'zustand/react/shallow',
      'immer',
      'idb',
      'comlink',
      'zod',
      'wouter',
      'wouter/use-hash-location',
      'd3-scale',
      'd3-shape',
      'diff',
      'openai',
      '@noble/hashes/sha2.js',
      '@noble/hashes/utils.js',
      '@dagrejs/dagre',
      'fflate',
      '@codemirror/view',
      '@codemirror/state',
      '@codemirror/commands',
      '@codemirror/language',
      '@codemirror/lang-javascript',
      '@codemirror/autocomplete',
      '@codemirror/lint',
      '@lezer/highlight',
    ],
  },
  // Sizes are held by scripts/size.mjs, so a hint about them at every start helps nobody.
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: { output: pageChunks },
  },
  server: { port: 5173 },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'engine',
          environment: 'node',
          ...patience,
          // The engine has no state of its own: to load it once for all files saves a third of the time.
          isolate: false,
          include: engineTests,
          exclude: ['**/*.browser.test.*'],
        },
      },
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          ...patience,
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.browser.test.*', ...engineTests],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          ...patience,
          include: ['src/**/*.browser.test.{ts,tsx}'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: findChromium(), args: chromiumArguments } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
