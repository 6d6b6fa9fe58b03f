/** `slipway kubeconfig merge`: the cluster becomes a context in the user's own kubeconfig. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { Command } from 'commander'
import {
  backupOf,
  fileToAddTo,
  kubectlFiles,
  readKubeconfigFiles,
  replaceKubeconfig,
} from '../pki/kubeconfig-files.ts'
import { mergeKubeconfig } from '../pki/kubeconfig-merge.ts'
import { personKubeconfig } from '../pki/kubeconfigs.ts'
import { readKubeconfig } from '../pki/read-kubeconfig.ts'
import type { Redactor } from '../report/redact.ts'
import { administrator, writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import type { Cluster } from '../run/cluster.ts'
import { type ClusterFileFlags, localClusterOf, withClusterFlags } from './cluster-flags.ts'

type Wanted = { readonly into: string | undefined; readonly name: string | undefined }

/** The files that kubectl reads, or just the one that was named. */
export const usersFiles = (named: string | undefined): readonly string[] =>
  named === undefined ? kubectlFiles(process.env['KUBECONFIG'], homedir()) : [named]

const ours = async (cluster: Cluster, name: string): Promise<string> => {
  const path = await writeAdminKubeconfig(cluster)
  const read = readKubeconfig(await readFile(path, 'utf8'))
  if (!read) throw new Error(`${path} was written and cannot be read`)
  return personKubeconfig({ ...read, name, user: administrator.commonName })
}

export const mergeInto = async (cluster: Cluster, { into, name }: Wanted): Promise<void> => {
  const named = name ?? cluster.config.name
  const files = await readKubeconfigFiles(usersFiles(into))
  const changed = mergeKubeconfig(files, fileToAddTo(files), await ours(cluster, named))
  for (const { path, text } of changed) await replaceKubeconfig(path, text)
  const context = `${administrator.commonName}@${named}`
  const say = (line: string): boolean => process.stderr.write(`${line}\n`)
  if (changed.length === 0) say(`nothing to do: ${context} is there and up to date`)
  for (const { path } of changed) {
    const before = files.find((file) => file.path === path)?.text
    say(`merged into ${path}${before === undefined ? '' : `; as it was: ${backupOf(path)}`}`)
  }
  say(`use it: kubectl config use-context ${context}`)
}

export const mergeKubeconfigCommand = (redactor: Redactor): Command =>
  withClusterFlags(
    new Command('merge').description('put the cluster into your own kubeconfig, which keeps all that it has'),
  )
    .option('--into <file>', 'the file (default: those that kubectl reads: $KUBECONFIG, else ~/.kube/config)')
    .option('--name <name>', "what the cluster is called there (default: the cluster's name)")
    .action(async (flags: ClusterFileFlags & Partial<Wanted>) =>
      mergeInto(await localClusterOf(flags, redactor), { into: flags.into, name: flags.name }),
    )
