/** A bundle of another signer is refused: than the cluster file names, or than signed the first one. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBundle } from '../../../src/bundle/open.ts'
import { rememberSigner } from '../../../src/run/bundle-signer.ts'
import type { RunEvent } from '../../../src/run/events.ts'
import { readBundle } from '../../../src/run/planning.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { smallBundle } from '../../support/small-bundle.ts'

const cluster = (sections: Readonly<Record<string, unknown>> = {}) => {
  const config = clusterConfig(sections)
  const clusterFile = join(scratchDirectory('cluster'), 'cluster.yaml')
  return {
    config,
    clusterFile,
    pinFile: join(dirname(clusterFile), '.slipway', config.name, 'bundle-signer'),
  }
}

const bundle = () => openBundle(smallBundle())
const nobody = (): void => undefined

describe('named in the cluster file', () => {
  test('is taken, and any other is refused before anything else', async () => {
    const { file, signer } = await bundle()
    const named = cluster({ bundle: { publicKey: signer } })
    expect((await readBundle(named, file)).signer).toBe(signer)
    const other = await bundle()
    const reading = readBundle(named, other.file)
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

  test('counts alone: what was remembered before is not asked, and nothing is remembered', async () => {
    const before = cluster()
    await rememberSigner(before, await bundle(), nobody)
    const other = await bundle()
    const named = { ...before, config: clusterConfig({ bundle: { publicKey: other.signer } }) }
    expect((await readBundle(named, other.file)).signer).toBe(other.signer)
    const fresh = cluster({ bundle: { publicKey: other.signer } })
    await rememberSigner(fresh, other, nobody)
    expect(existsSync(fresh.pinFile)).toBe(false)
  })
})

describe('of the first install', () => {
  test('is remembered and said once, where nobody else can change it', async () => {
    const around = cluster()
    const events: RunEvent[] = []
    const { signer } = await bundle()
    for (const each of [signer, signer])
      await rememberSigner(around, { signer: each }, (event) => events.push(event))
    expect(readFileSync(around.pinFile, 'utf8')).toBe(`${signer}\n`)
    expect(statSync(around.pinFile).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(around.pinFile)).mode & 0o777).toBe(0o700)
    expect(events).toHaveLength(1)
    expect(JSON.stringify(events)).toContain(signer)
  })

  test('is the only one from then on', async () => {
    const around = cluster()
    const [first, other] = [await bundle(), await bundle()]
    await rememberSigner(around, first, nobody)
    expect((await readBundle(around, first.file)).signer).toBe(first.signer)
    const refused = readBundle(around, other.file)
    await expect(refused).rejects.toThrow(`${other.file} is signed by ${other.signer}, and ${around.pinFile}`)
    await expect(refused).rejects.toThrow(first.signer)
    await rememberSigner(around, other, nobody)
    expect(readFileSync(around.pinFile, 'utf8')).toBe(`${first.signer}\n`)
  })

  test('is nobody yet for who only looks', async () => {
    const around = cluster()
    await readBundle(around, (await bundle()).file)
    expect(existsSync(around.pinFile)).toBe(false)
  })

  test('that cannot be read is said, and is nobody', async () => {
    const around = cluster()
    const first = await bundle()
    await rememberSigner(around, first, nobody)
    writeFileSync(around.pinFile, 'MCow')
    await expect(readBundle(around, first.file)).rejects.toThrow(
      `${around.pinFile} is not an Ed25519 public key`,
    )
  })
})
