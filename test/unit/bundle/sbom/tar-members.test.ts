/** Files of a tar, as they come: those that the real tar writes, in whatever pieces. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTar } from '../../../../src/bundle/sbom/tar-members.ts'
import { scratchDirectory } from '../../../support/scratch.ts'

const files: Readonly<Record<string, string>> = {
  'usr/bin/tool': 'x'.repeat(1500),
  empty: '',
  'var/lib/dpkg/status.d/libc6': 'Package: libc6\n',
  block: 'b'.repeat(512),
}

const tarred = (format: string): Buffer => {
  const folder = scratchDirectory('tar')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  symlinkSync('tool', join(folder, 'usr/bin/link'))
  writeFileSync(join(folder, 'n'.repeat(150)), 'a long name')
  return execFileSync('tar', [`--format=${format}`, '-C', folder, '-cf', '-', '.'])
}

const read = async (bytes: Buffer, size: number): Promise<Readonly<Record<string, string>>> => {
  const found: Record<string, string> = {}
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  await readTar(chunks(), (name) => {
    found[name] = ''
    return (chunk) => {
      found[name] += chunk.toString()
    }
  })
  return found
}

test.each(['gnu', 'pax'])('of %s, in pieces of any size', async (format) => {
  const bytes = tarred(format)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), async (size) => {
      expect(await read(bytes, size)).toMatchObject(files)
    }),
    { numRuns: 20 },
  )
})

test('who wants none of it gets none; what is no file is nobody’s', async () => {
  const names: string[] = []
  async function* whole() {
    yield tarred('gnu')
  }
  await readTar(whole(), (name) => {
    names.push(name)
    return undefined
  })
  expect(names).toEqual(expect.arrayContaining(Object.keys(files)))
  expect(names).not.toContain('usr/bin/link')
  expect(names).not.toContain('usr/')
})

test('what is no tar is an error', async () => {
  await expect(read(Buffer.alloc(1024, 'z'), 512)).rejects.toThrow('not a tar')
})
