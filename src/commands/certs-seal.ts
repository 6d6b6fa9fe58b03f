/** `slipway certs seal`, `unseal` and `change-passphrase`: the keys in the cluster's folder under a passphrase, another, or none. */
import { Command } from 'commander'
import { checkIds } from '../checks/index.ts'
import { loadCluster } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { readSecretFile } from '../host/credentials.ts'
import { clusterFolder, isSealed, reseal } from '../pki/store.ts'
import type { Redactor } from '../report/redact.ts'
import { askNewSecret, askSecret } from './ask-secret.ts'
import { type ClusterFileFlags, withClusterFlags } from './cluster-flags.ts'

type Flags = ClusterFileFlags & { readonly newPassphraseFile?: string }

const flag = '--passphrase-file'
const newFlag = '--new-passphrase-file'

const command = (name: string, description: string): Command =>
  withClusterFlags(new Command(name).description(description))

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const folderOf = async ({ config: file }: Flags): Promise<string> => {
  const { name } = await loadCluster(file, { checkIds: checkIds() })
  return clusterFolder(file, name)
}

type Asking = (question: string, flag: string) => Promise<string>

const passphraseFrom = async (
  redactor: Redactor,
  file: string | undefined,
  { question, flag, ask }: { readonly question: string; readonly flag: string; readonly ask: Asking },
): Promise<string> => {
  const passphrase =
    file === undefined ? await ask(question, `${flag} FILE`) : await readSecretFile(file, flag)
  redactor.add(passphrase)
  return passphrase
}

const passphraseOf = (redactor: Redactor, flags: Flags, folder: string): Promise<string> =>
  passphraseFrom(redactor, flags.passphraseFile, {
    question: `Passphrase of the keys in ${folder}`,
    flag,
    ask: askSecret,
  })

export const sealCommand = (redactor: Redactor): Command =>
  command('seal', 'put the keys in the cluster’s folder under a passphrase').action(async (flags: Flags) => {
    const folder = await folderOf(flags)
    if (await isSealed(folder)) {
      const passphrase = await passphraseOf(redactor, flags, folder)
      await reseal(folder, { from: passphrase, to: passphrase })
      return say(`the keys in ${folder} are sealed already, with this passphrase`)
    }
    const question = `New passphrase for the keys in ${folder}`
    const to = await passphraseFrom(redactor, flags.passphraseFile, { question, flag, ask: askNewSecret })
    await reseal(folder, { from: undefined, to })
    say(`sealed the keys in ${folder}: from now on, commands need --passphrase-file FILE, or ask`)
  })

export const unsealCommand = (redactor: Redactor): Command =>
  command('unseal', 'take the passphrase off the keys').action(async (flags: Flags) => {
    const folder = await folderOf(flags)
    if (!(await isSealed(folder))) return say(`the keys in ${folder} are not sealed`)
    const from = await passphraseOf(redactor, flags, folder)
    await reseal(folder, { from, to: undefined })
    say(`the keys in ${folder} are not sealed any more: whoever can read this folder has the cluster`)
  })

export const changePassphraseCommand = (redactor: Redactor): Command =>
  command('change-passphrase', 'put the sealed keys under another passphrase')
    .option(`${newFlag} <file>`, 'file (0600) that holds the new passphrase')
    .action(async (flags: Flags) => {
      const folder = await folderOf(flags)
      if (!(await isSealed(folder)))
        throw new UserError(`the keys in ${folder} are not sealed`, {
          hint: `seal them: slipway certs seal -c ${flags.config}`,
        })
      const from = await passphraseOf(redactor, flags, folder)
      const to = await passphraseFrom(redactor, flags.newPassphraseFile, {
        question: 'New passphrase',
        flag: newFlag,
        ask: askNewSecret,
      })
      await reseal(folder, { from, to })
      say(`the keys in ${folder} are sealed with the new passphrase`)
    })
