import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tarEnd, tarOf, tarSize } from '../../../src/host/tar.ts'

const files = fc.uniqueArray(
  fc.record({ name: fc.stringMatching(/^[a-z0-9-]{1,20}$/), content: fc.uint8Array({ maxLength: 1500 }) }),
  { selector: ({ name }) => name, maxLength: 4 },
)

describe('tarOf', () => {
  it('makes what tar reads back, byte for byte and private', () => {
    fc.assert(
      fc.property(files, (wanted) => {
        const directory = mkdtempSync(join(tmpdir(), 'slipway-tar-'))
        const archive = tarOf(wanted)
        execFileSync('tar', ['-xf', '-', '-C', directory], { input: archive })
        for (const { name, content } of wanted) {
          expect(readFileSync(join(directory, name)).equals(content)).toBe(true)
          expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
        }
        const sizes = wanted.map(({ content }) => tarSize(content.length))
        expect(archive.length).toBe(sizes.reduce((total, size) => total + size, tarEnd.length))
        rmSync(directory, { recursive: true })
      }),
      { numRuns: 20 },
    )
  })

  it('refuses a name that would be cut', () => {
    expect(() => tarOf([{ name: 'x'.repeat(101), content: Buffer.alloc(0) }])).toThrow(/does not fit/)
  })
})
