import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { passphraseOf, seal, unseal } from '../../../src/pki/seal.ts'
import { clusterFolder, openStore } from '../../../src/pki/store.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

let authorities: Authorities
beforeAll(async () => {
  authorities = await authoritiesFor(clusterConfig())
})

const keys = ['ca.key', 'front-proxy-ca.key', 'etcd/ca.key', 'sa.key']

const modesBelow = (folder: string): readonly (readonly [string, number])[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => [
    name,
    statSync(join(folder, name)).mode & 0o777,
  ])

describe('the store', () => {
  it('lies beside the cluster file', () => {
    expect(clusterFolder('/home/me/prod/cluster.yaml', 'demo')).toBe('/home/me/prod/.slipway/demo')
  })

  it('is empty until something was saved, and then gives it back', async () => {
    const store = openStore(join(scratchDirectory('store'), '.slipway', 'demo'))
    expect(await store.load()).toBeUndefined()
    await store.save(authorities)
    expect(await store.load()).toEqual(authorities)
    await store.save(authorities)
    expect(await store.load()).toEqual(authorities)
  })

  it('is closed to everyone else and to git, even where the folder was open before', async () => {
    const folder = join(scratchDirectory('store'), 'demo')
    mkdirSync(folder, { mode: 0o755 })
    await openStore(folder).save(authorities)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const open = modesBelow(folder).filter(([, mode]) => (mode & 0o077) !== 0)
    expect(open).toEqual([])
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n')
  })

  it('leaves nothing behind but what it keeps', async () => {
    const folder = scratchDirectory('store')
    await openStore(folder).save(authorities)
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'pki'])
    expect(readdirSync(join(folder, 'pki')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('keeps the other ones, and their keys, while CAs and the service account key are being replaced', async () => {
    const next = await authoritiesFor(clusterConfig())
    const both: Authorities = {
      ...authorities,
      ca: { ...authorities.ca, successor: next.ca },
      etcdCa: { ...authorities.etcdCa, predecessor: next.etcdCa },
      sa: { ...authorities.sa, successor: next.sa },
    }
    const store = openStore(scratchDirectory('store'))
    await store.save(both)
    expect(await store.load()).toEqual(both)
    await store.save(authorities)
    expect(await store.load()).toEqual(authorities)
    expect(readdirSync(join(store.folder, 'pki')).filter((name) => name.includes('successor'))).toEqual([])
  })

  it('is what it was before a save that was killed between its two renames', async () => {
    const folder = scratchDirectory('store')
    const store = openStore(folder)
    await store.save(authorities)
    renameSync(join(folder, 'pki'), join(folder, '.pki-before'))
    mkdirSync(join(folder, '.pki-a1b2c3'))
    expect(await store.load()).toEqual(authorities)
    await store.save(authorities)
    expect(await store.load()).toEqual(authorities)
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'pki'])
  })

  it.each(keys)('refuses %s when others can read it', async (key) => {
    const folder = scratchDirectory('store')
    const store = openStore(folder)
    await store.save(authorities)
    chmodSync(join(folder, 'pki', key), 0o640)
    await expect(store.load()).rejects.toThrow(`${key} can be read by others (mode 640)`)
  })

  it.each([
    ['a lost file', 'sa.pub', ''],
    ['a key of something else', 'ca.key', 'etcd/ca.key'],
  ])('refuses %s, and says what to do', async (_, file, from) => {
    const folder = scratchDirectory('store')
    const store = openStore(folder)
    await store.save(authorities)
    const text = from === '' ? '' : readFileSync(join(folder, 'pki', from), 'utf8')
    writeFileSync(join(folder, 'pki', file), text)
    await expect(store.load()).rejects.toMatchObject({
      name: 'UserError',
      hint: expect.stringContaining('from a backup'),
    })
  })
})

describe('a sealed store', () => {
  it('holds no key that can be read, and opens with its passphrase only', async () => {
    const folder = scratchDirectory('sealed')
    await openStore(folder, 'correct horse').save(authorities)
    const names = readdirSync(join(folder, 'pki'), { recursive: true, encoding: 'utf8' })
    expect(names.filter((name) => name.endsWith('.key'))).toEqual([])
    const sealed = names.filter((name) => name.endsWith('.sealed'))
    expect(sealed.sort()).toEqual(keys.map((key) => `${key}.sealed`).sort())
    for (const name of sealed)
      expect(readFileSync(join(folder, 'pki', name), 'utf8')).not.toContain('PRIVATE KEY')

    expect(await openStore(folder, 'correct horse').load()).toEqual(authorities)
    await expect(openStore(folder, 'wrong').load()).rejects.toThrow('the passphrase does not open')
    await expect(openStore(folder).load()).rejects.toThrow('is sealed with a passphrase')
    await expect(openStore(folder).save(authorities)).rejects.toBeInstanceOf(UserError)
  })

  it('takes the place of plain keys', async () => {
    const folder = scratchDirectory('sealed')
    await openStore(folder).save(authorities)
    await openStore(folder, 'secret').save(authorities)
    for (const key of keys) expect(existsSync(join(folder, 'pki', key))).toBe(false)
    expect(await openStore(folder, 'secret').load()).toEqual(authorities)
  })
})

describe('sealing', () => {
  const pass = passphraseOf('pass')

  it('notices a changed text, another name and what is no seal', async () => {
    const sealed = await seal('text', 'ca.key', pass)
    expect(await unseal(sealed, 'ca.key', pass)).toBe('text')
    await expect(unseal(sealed, 'sa.key', pass)).rejects.toThrow('does not open sa.key')
    const changed = sealed.replace(/"text": "(.)/, (_, first) => `"text": "${first === 'A' ? 'B' : 'A'}`)
    await expect(unseal(changed, 'ca.key', pass)).rejects.toThrow('does not open ca.key')
    await expect(unseal('{}', 'ca.key', pass)).rejects.toThrow('ca.key is not a sealed key')
  })

  it('refuses a cost that would take all memory', async () => {
    const sealed = (await seal('text', 'ca.key', pass)).replace('131072', '1099511627776')
    await expect(unseal(sealed, 'ca.key', pass)).rejects.toThrow('ca.key is not a sealed key')
  })
})
