/** A bundle of another signer is refused: than the cluster file names, or than signed the first one. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBundle } from '../../../src/bundle/open.ts'
import { mustBeOfKnownSigner } from '../../../src/run/bundle-signer.ts'
import type { RunEvent } from '../../../src/run/events.ts'
import { readBundle } from '../../../src/run/planning.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { smallBundle } from '../../support/small-bundle.ts'

const bundle = () => openBundle(smallBundle())

describe('named in the cluster file', () => {
  test('is taken, and any other is refused before anything else', async () => {
    const { file, signer } = await bundle()
    const config = clusterConfig({ bundle: { publicKey: signer } })
    expect((await readBundle(config, file)).signer).toBe(signer)
    const other = await bundle()
    const reading = readBundle(config, other.file)
    await expect(reading).rejects.toThrow(
      `${other.file} is signed by ${other.signer}, and bundle.publicKey in the cluster file wants ${signer}`,
    )
    await expect(reading).rejects.toMatchObject({ name: 'UserError' })
  })

  test.each(['abc', `MCowBQYDK2VwAyEA${'A'.repeat(42)}B=`, `MCowBQYDK2VwAyEA${'A'.repeat(43)}=\n`])(
    'is no key: %j',
    (publicKey) => {
      expect(() => clusterConfig({ bundle: { publicKey } })).toThrow(/must be a public key on one line/)
    },
  )

  test('counts alone: what was remembered before is not asked', async () => {
    const clusterFile = join(scratchDirectory('cluster'), 'cluster.yaml')
    const around = { clusterFile, remember: true, emit: () => undefined }
    await mustBeOfKnownSigner({ ...around, config: clusterConfig(), bundle: await bundle() })
    const other = await bundle()
    const config = clusterConfig({ bundle: { publicKey: other.signer } })
    await expect(mustBeOfKnownSigner({ ...around, config, bundle: other })).resolves.toBeUndefined()
  })
})

describe('of the first install', () => {
  const cluster = () => {
    const config = clusterConfig()
    const clusterFile = join(scratchDirectory('cluster'), 'cluster.yaml')
    const events: RunEvent[] = []
    const emit = (event: RunEvent): void => {
      events.push(event)
    }
    const file = join(clusterFile, '..', '.slipway', config.name, 'bundle-signer')
    return { file, events, around: { clusterFile, config, emit, remember: true } }
  }

  test('is remembered and said once, where nobody else can change it', async () => {
    const { file, events, around } = cluster()
    const first = await bundle()
    for (const _ of [1, 2]) await mustBeOfKnownSigner({ ...around, bundle: first })
    expect(readFileSync(file, 'utf8')).toBe(`${first.signer}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
    expect(events).toHaveLength(1)
    expect(JSON.stringify(events)).toContain(first.signer)
  })

  test('is the only one from then on', async () => {
    const { file, around } = cluster()
    const [first, other] = [await bundle(), await bundle()]
    await mustBeOfKnownSigner({ ...around, bundle: first })
    const refused = mustBeOfKnownSigner({ ...around, bundle: other })
    await expect(refused).rejects.toThrow(`${other.file} is signed by ${other.signer}, and ${file}`)
    await expect(refused).rejects.toThrow(first.signer)
    expect(readFileSync(file, 'utf8')).toBe(`${first.signer}\n`)
  })

  test('is not remembered by who only looks', async () => {
    const { file, around } = cluster()
    await mustBeOfKnownSigner({ ...around, remember: false, bundle: await bundle() })
    expect(existsSync(file)).toBe(false)
  })

  test('that cannot be read is said, and is nobody', async () => {
    const { file, around } = cluster()
    const first = await bundle()
    await mustBeOfKnownSigner({ ...around, bundle: first })
    writeFileSync(file, 'MCow')
    await expect(mustBeOfKnownSigner({ ...around, bundle: first })).rejects.toThrow(
      `${file} is not an Ed25519 public key`,
    )
  })
})
