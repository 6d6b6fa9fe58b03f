/** Archives as the real tar writes them, in all its formats: what we read of them is what went in. */
import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { withArchive } from '../../../src/bundle/sources/tar-archive.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const long = `${'a-long-folder-name/'.repeat(12)}file-with-a-name-of-more-than-a-hundred-bytes-${'x'.repeat(90)}`

const contents: Readonly<Record<string, string>> = {
  short: 'one',
  'folder/empty': '',
  'folder/of a block': 'b'.repeat(512),
  'folder/ünïcödé': 'more than ASCII',
  [`folder/${'n'.repeat(120)}`]: 'a name that no old header holds',
  [long]: 'a path that only pax and GNU hold',
}

const filled = (): string => {
  const folder = scratchDirectory('tar')
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  symlinkSync('short', join(folder, 'beside'))
  symlinkSync('../short', join(folder, 'folder/up'))
  symlinkSync('up', join(folder, 'folder/twice'))
  symlinkSync('../../../../etc/passwd', join(folder, 'folder/out'))
  symlinkSync('circle', join(folder, 'circle'))
  linkSync(join(folder, 'short'), join(folder, 'zz-hard'))
  return folder
}

const written = (...how: readonly string[]): string => {
  const file = join(scratchDirectory('archive'), 'a.tar')
  execFileSync('tar', ['-C', filled(), ...how, '-cf', file, '.'])
  return file
}

const readAll = (file: string, names: readonly string[]) =>
  withArchive(file, async (archive) => {
    const found: Record<string, string | undefined> = {}
    for (const name of names) {
      const content = archive.read(name)
      found[name] = content && (await buffer(content)).toString()
    }
    return found
  })

const cache = (): string => process.env['XDG_CACHE_HOME'] ?? ''

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
  return () => vi.unstubAllEnvs()
})

describe('an archive', () => {
  test.each([
    ['GNU', ['--format=gnu']],
    ['pax', ['--format=pax']],
    ['pax with everything', ['--format=posix', '--xattrs', '--mtime=2020-01-01 00:00:00.5']],
    ['gzip', ['--format=gnu', '-z']],
    ['zstd', ['--format=pax', '--zstd']],
  ])('of %s gives back what went in', async (_what, how) => {
    expect(await readAll(written(...how), Object.keys(contents))).toEqual(contents)
  })

  test('follows links to what is in it, and to nothing else', async () => {
    const names = ['beside', 'folder/up', 'folder/twice', 'zz-hard', 'folder/out', 'circle', 'folder', 'no']
    expect(await readAll(written('--format=gnu'), names)).toEqual({
      beside: 'one',
      'folder/up': 'one',
      'folder/twice': 'one',
      'zz-hard': 'one',
      'folder/out': undefined,
      circle: undefined,
      folder: undefined,
      no: undefined,
    })
  })

  test.each(['-z', '--zstd'])(
    'with %s leaves nothing behind, and says when it is cut off',
    async (packing) => {
      const file = written(packing)
      const whole = readFileSync(file)
      await readAll(file, ['short'])
      for (const at of [5, whole.length >> 1, whole.length - 5]) {
        writeFileSync(file, whole.subarray(0, at))
        await expect(readAll(file, ['short'])).rejects.toThrow(`${file} is cut off`)
      }
      expect(readdirSync(join(cache(), 'slipway'))).toEqual([])
    },
  )

  test('that is cut anywhere, or has another byte in a header, is refused by name or gives the same', async () => {
    const whole = readFileSync(written('--format=gnu'))
    const file = join(scratchDirectory('spoiled'), 'a.tar')
    const refused: number[] = []
    const tryIt = async (bytes: Buffer, at: number): Promise<void> => {
      writeFileSync(file, bytes)
      const outcome = await readAll(file, ['short']).catch((error: Error) => error.message)
      if (typeof outcome === 'string') {
        expect(outcome).toContain(`${file} is `)
        refused.push(at)
      } else expect(outcome, `byte ${at}`).toEqual({ short: 'one' })
    }
    for (let at = 1; at < whole.length; at += 333) await tryIt(whole.subarray(0, at), at)
    const header = whole.indexOf('./short')
    for (let at = header; at < header + 512; at += 7) {
      const spoiled = Buffer.from(whole)
      spoiled[at] = (spoiled[at] ?? 0) ^ 0x41
      await tryIt(spoiled, at)
    }
    expect(refused.length).toBeGreaterThan(80)
  })
})
