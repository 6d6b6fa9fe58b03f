/** What every command about a cluster takes, and the way from it to the cluster: file, configuration, passphrase. */
import type { Command } from 'commander'
import { checkIds } from '../checks/index.ts'
import { loadCluster } from '../config/load.ts'
import { readSecretFile } from '../host/credentials.ts'
import { lockedKeys, openKey } from '../host/locked-keys.ts'
import { clusterFolder, isSealed } from '../pki/store.ts'
import type { Redactor } from '../report/redact.ts'
import type { Cluster } from '../run/cluster.ts'
import { sshTargets } from '../run/session.ts'
import { askSecret } from './ask-secret.ts'

export type ClusterFileFlags = { readonly config: string; readonly passphraseFile?: string }

export const withClusterFlags = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'cluster file', 'cluster.yaml')
    .option('--passphrase-file <file>', 'file (0600) that holds the passphrase of the sealed keys')

/** Asked for only where it is needed: keys that are not sealed have none, and a first run seals only when it is given one. */
const passphraseOf = async (file: string | undefined, folder: string): Promise<string | undefined> => {
  if (file !== undefined) return readSecretFile(file, '--passphrase-file')
  if (!(await isSealed(folder))) return undefined
  return askSecret(`Passphrase of the keys in ${folder}`, '--passphrase-file FILE')
}

/** For what does not go to any host. */
export const localClusterOf = async (flags: ClusterFileFlags, secrets: Redactor): Promise<Cluster> => {
  const config = await loadCluster(flags.config, { checkIds: checkIds() })
  const passphrase = await passphraseOf(flags.passphraseFile, clusterFolder(flags.config, config.name))
  if (passphrase !== undefined) secrets.add(passphrase)
  return { clusterFile: flags.config, config, passphrase, secrets }
}

/** Before anything is drawn, and only where somebody can answer: otherwise the login says what to do. */
const openKeys = async ({ clusterFile, config }: Cluster, secrets: Redactor): Promise<void> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return
  // What else is wrong on the way to a host is told by whoever goes there.
  const targets = sshTargets({ clusterFile, config, hosts: config.hosts })
  const files = await targets.then(lockedKeys).catch((): readonly string[] => [])
  for (const file of files) {
    const passphrase = await askSecret(`Passphrase of ${file}`, 'ssh-add')
    secrets.add(passphrase)
    secrets.openedKeys.set(file, await openKey(file, passphrase))
  }
}

export const clusterOf = async (flags: ClusterFileFlags, secrets: Redactor): Promise<Cluster> => {
  const cluster = await localClusterOf(flags, secrets)
  await openKeys(cluster, secrets)
  return cluster
}
