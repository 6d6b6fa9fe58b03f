/** The keys under a passphrase, by the command itself: from files, on a terminal, and killed at any moment. */
import { copyFileSync, cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadCluster } from '../../../src/config/load.ts'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { clusterFolder, isSealed, openStore, reseal } from '../../../src/pki/store.ts'
import { authoritiesFor } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { slipway, startSlipway } from '../../support/slipway.ts'
import { secretFile } from '../../support/ssh-target.ts'
import { onTerminal } from '../../support/terminal.ts'

const horse = 'correct horse battery'
const staple = 'staple and more'

const fixture = fileURLToPath(new URL('../../fixtures/config/valid-design.yaml', import.meta.url))

type Made = { readonly file: string; readonly folder: string; readonly authorities: Authorities }

const cluster = async (passphrase?: string): Promise<Made> => {
  const file = join(scratchDirectory('cluster'), 'cluster.yaml')
  copyFileSync(fixture, file)
  const config = await loadCluster(file, { checkIds: [] })
  const folder = clusterFolder(file, config.name)
  const authorities = await authoritiesFor(config)
  await openStore(folder, passphrase).save(authorities)
  return { file, folder, authorities }
}

const opens = ({ folder }: Made, passphrase?: string) => openStore(folder, passphrase).load()

test('seal, change, unseal: from files, each leaving the same authorities', async () => {
  const made = await cluster()
  const [old, next] = [secretFile(`${horse}\n`), secretFile(staple)]
  const certs = (...args: readonly string[]) => slipway('certs', ...args, '-c', made.file)

  expect(await certs('seal', '--passphrase-file', old)).toMatchObject({ code: 0, stderr: '' })
  expect(await opens(made, horse)).toEqual(made.authorities)
  expect((await certs('seal', '--passphrase-file', old)).stdout).toContain('sealed already')
  expect(await certs('seal', '--passphrase-file', next)).toMatchObject({ code: 2 })

  const changed = await certs('change-passphrase', '--passphrase-file', old, '--new-passphrase-file', next)
  expect(changed).toMatchObject({ code: 0, stderr: '' })
  expect(await opens(made, staple)).toEqual(made.authorities)
  await expect(opens(made, horse)).rejects.toThrow('the passphrase does not open')

  const wrong = await certs('unseal', '--passphrase-file', old)
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('the passphrase does not open')
  expect(wrong.stderr).not.toContain(horse)
  expect(await certs('unseal', '--passphrase-file', next)).toMatchObject({ code: 0 })
  expect(await opens(made)).toEqual(made.authorities)
})

test.each([
  ['seal', '--passphrase-file'],
  ['unseal', '--passphrase-file'],
  ['change-passphrase', '--passphrase-file'],
])('%s without a file and without a terminal names the flag and touches nothing', async (name, flag) => {
  const made = await cluster(name === 'seal' ? undefined : horse)
  const { code, stderr } = await slipway('certs', name, '-c', made.file)
  expect(code).toBe(2)
  expect(stderr).toContain('there is no terminal to ask on')
  expect(stderr).toContain(`${flag} FILE`)
  expect(await isSealed(made.folder)).toBe(name !== 'seal')
})

test('an empty file is no passphrase', async () => {
  const made = await cluster()
  const { code, stderr } = await slipway(
    'certs',
    'seal',
    '-c',
    made.file,
    '--passphrase-file',
    secretFile('\n'),
  )
  expect(code).toBe(2)
  expect(stderr).toContain('is empty')
  expect(await isSealed(made.folder)).toBe(false)
})

test('on a terminal it is asked for, twice where it is new, and never shown', async () => {
  const made = await cluster()
  const { code, shown } = await onTerminal(
    ['certs', 'seal', '-c', made.file],
    [
      { at: 'New passphrase', type: `${horse}\r` },
      { at: 'The same again', type: `${horse}\r` },
    ],
  )
  expect(code, shown).toBe(0)
  expect(shown).toContain('sealed the keys')
  expect(shown).not.toContain('horse')
  expect(await opens(made, horse)).toEqual(made.authorities)
})

test.each([
  ['typed differently the second time', 2, [`${horse}\r`, `${staple}\r`], 'the two are not the same'],
  ['left empty', 2, ['\r'], 'it is empty'],
  ['answered with Ctrl-C', 130, ['\u0003'], 'nterrupted'],
  ['answered with Ctrl-D', 130, ['\u0004'], 'nterrupted'],
] as const)('on a terminal, %s: nothing is changed', async (_what, wanted, answers, message) => {
  const made = await cluster()
  const questions = ['New passphrase', 'The same again']
  const typed = answers.map((type, at) => ({ at: questions[at] ?? '', type }))
  const { code, shown } = await onTerminal(['certs', 'seal', '-c', made.file], typed)
  expect(code, shown).toBe(wanted)
  expect(shown).toContain(message)
  expect(shown).not.toContain('horse')
  expect(await isSealed(made.folder)).toBe(false)
})

test('killed while it seals, the keys stand under the one or the other, and the next run ends it', async () => {
  const made = await cluster()
  const file = secretFile(horse)
  const begun = Date.now()
  expect((await slipway('certs', 'seal', '-c', made.file, '--passphrase-file', file)).code).toBe(0)
  const whole = Date.now() - begun
  for (let nth = 0; nth < 4; nth++) {
    await reseal(made.folder, { from: horse, to: undefined })
    const { child, ended } = startSlipway('certs', 'seal', '-c', made.file, '--passphrase-file', file)
    await sleep((whole * (0.4 + nth * 0.2)) | 0)
    child.kill('SIGKILL')
    await ended
    expect(await opens(made, horse)).toEqual(made.authorities)
    expect((await slipway('certs', 'seal', '-c', made.file, '--passphrase-file', file)).code).toBe(0)
  }
  expect(readdirSync(made.folder).sort()).toEqual(['.gitignore', 'pki'])
})

test('a save that was killed leaves no plain key behind, once sealing has been run again', async () => {
  const made = await cluster()
  cpSync(join(made.folder, 'pki'), join(made.folder, '.pki-before'), { recursive: true })
  await reseal(made.folder, { from: undefined, to: horse })
  cpSync(join(made.folder, 'pki'), join(made.folder, '.pki-before'), { recursive: true })
  await slipway('certs', 'seal', '-c', made.file, '--passphrase-file', secretFile(horse))
  expect(readdirSync(made.folder).sort()).toEqual(['.gitignore', 'pki'])
})
