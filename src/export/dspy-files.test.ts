import { expect, it } from 'vitest'
import { memoryBlobs } from '@/engine/blobs/blob-store'
import { takeDspyFiles, dspyFilesOf, fileKey } from './dspy-files'

it('takes files through a state of DSPy and back: images, recordings, files with names, addresses and ids', async () => {
  const store = memoryBlobs()
  const put = (text: string, mime: string) => store.put(new TextEncoder().encode(text), mime)
  const pdf = await put('%PDF-1.7', 'application/pdf')
  const demo = {
    photo: await put('GIF89a', 'image/gif'),
    voice: await put('ID3', 'audio/mpeg'),
    terms: { ...pdf, name: 'Terms.pdf' },
    again: { ...pdf, name: 'Other.pdf' },
    far: { $url: 'https://a.example/b.png' },
    upload: { $file: 'file-1', name: 'a.pdf' },
    words: 'no file',
  }
  const state = { p: { instructions: '', demos: [demo] } }
  const files = await dspyFilesOf(store, state)
  expect(files.get(fileKey(demo.voice))).toContain('{"type": "input_audio", "input_audio": {"data": "SUQz", "format": "mp3"}}')
  expect(files.get(fileKey(demo.again))).toContain('"filename": "Other.pdf"')
  const written = Object.fromEntries(
    Object.entries(demo).map(([name, value]) => [name, typeof value === 'string' ? value : (files.get(fileKey(value)) ?? null)]),
  )
  const taken = await takeDspyFiles(memoryBlobs(), { p: { instructions: '', demos: [written] } })
  expect(taken['p']?.demos[0]).toEqual(demo)
})
