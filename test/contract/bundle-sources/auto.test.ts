/** Who is chosen when nobody says where a bundle comes from, and what must not be said together. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type Choice, type SourceOptions, withSource } from '../../../src/bundle/sources/choose.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { kubernetes } from '../../support/upstream.ts'
import { startMirrors, walledOff } from '../../support/upstream-servers.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
  return () => vi.unstubAllEnvs()
})

const choose = async (options: Partial<SourceOptions>) => {
  const said: string[] = []
  const choice = await withSource(
    {
      source: 'auto',
      kubernetes,
      arches: ['amd64'],
      mirrors: [],
      environment: walledOff,
      say: (line) => said.push(line),
      ...options,
    },
    async (chosen: Choice) => chosen,
  )
  return { edition: choice.edition, said }
}

describe('auto', () => {
  test('builds from Go modules when upstream cannot be reached, and says why', async () => {
    const { edition, said } = await choose({})
    expect(edition).toBe('single')
    expect(said.join('\n')).toMatch(/source: go, .* cannot reach the proxy http:\/\/127\.0\.0\.1:1/s)
  })

  test('says which part is not to be had when only that is missing', async () => {
    const mirrors = (await startMirrors(['amd64'])).mirrors.map((mirror) =>
      mirror.startsWith('ghcr.io=') ? 'ghcr.io=http://127.0.0.1:1' : mirror,
    )
    const { edition, said } = await choose({ mirrors })
    expect(edition).toBe('single')
    expect(said.join('\n')).toMatch(/source: go, .*: cannot reach 127\.0\.0\.1:1/)
  })

  test('takes what upstream publishes when all of it can be had', async () => {
    const { edition, said } = await choose({ mirrors: (await startMirrors(['amd64'])).mirrors })
    expect(said).toEqual(['source: official, all of it can be had'])
    expect(edition).toBe('upstream')
  })

  test('takes a mirror of what nothing comes from for the mistake that it is', async () => {
    await expect(choose({ mirrors: ['quay.io=registry.example.org'] })).rejects.toMatchObject({
      message: '--mirror: nothing of a bundle comes from quay.io',
      hint: expect.stringContaining('dl.k8s.io, ghcr.io, github.com, registry.k8s.io'),
    })
  })
})

test.each<[string, Partial<SourceOptions>, string]>([
  ['a mirror of go', { source: 'go', mirrors: ['dl.k8s.io=a'] }, '--mirror is not used by --source go'],
  ['a mirror of official', { source: 'official', mirrors: ['dl.k8s.io=a'] }, '--mirror is not used'],
  ['no mirror of mirror', { source: 'mirror' }, '--source mirror needs to know the mirrors'],
  ['no folder of dir', { source: 'dir' }, '--source dir needs --from DIR'],
  ['a folder of go', { source: 'go', from: '.' }, '--source go uses no --from'],
  [
    'one executable of upstream',
    { source: 'official', edition: 'single' },
    'official does not make the edition',
  ],
  ['one executable, maybe', { source: 'auto', edition: 'single' }, 'auto does not make the edition single'],
])('%s is refused', async (_what, options, message) => {
  await expect(choose(options)).rejects.toThrow(message)
})
