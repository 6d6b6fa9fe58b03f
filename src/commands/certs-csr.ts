/** `slipway certs csr` and `certs import`: what CAs whose keys are kept elsewhere are asked to sign, and what they have signed. */
import { join } from 'node:path'
import { Command } from 'commander'
import { exitCodes } from '../errors.ts'
import { clusterFolder } from '../pki/store.ts'
import type { Redactor } from '../report/redact.ts'
import { importCertificates, writeRequests } from '../run/certificate-requests.ts'
import type { Cluster } from '../run/cluster.ts'
import { type ClusterFileFlags, clusterOf, withClusterFlags } from './cluster-flags.ts'

const command = (name: string, description: string): Command =>
  withClusterFlags(new Command(name).description(description))

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const ownFolder = ({ clusterFile, config }: Cluster): string =>
  join(clusterFolder(clusterFile, config.name), 'csr')

export const csrCommand = (redactor: Redactor): Command =>
  command('csr', 'write requests for what CAs that are kept elsewhere have to sign')
    .option('-o, --dir <folder>', 'folder for them (default: csr/ in the cluster’s own)')
    .option('--all', 'also for what is good, with new keys: to renew it')
    .action(async (flags: ClusterFileFlags & { readonly dir?: string; readonly all?: boolean }) => {
      const cluster = await clusterOf(flags, redactor)
      const folder = flags.dir ?? ownFolder(cluster)
      const { files, total } = await writeRequests(cluster, folder, { all: flags.all === true })
      for (const file of files) say(file)
      const next =
        files.length === 0
          ? `all ${total} certificates are there and good; new ones: slipway certs csr --all`
          : `${files.length} requests of ${total}; what to do with them: ${join(folder, 'README.md')}`
      process.stderr.write(`${next}\n`)
    })

export const importCommand = (redactor: Redactor): Command =>
  command('import', 'take in what CAs that are kept elsewhere have signed')
    .argument('[folder]', 'where the requests and, beside them, the certificates are')
    .action(async (given: string | undefined, flags: ClusterFileFlags) => {
      const cluster = await clusterOf(flags, redactor)
      const { taken, unchanged, open } = await importCertificates(cluster, given ?? ownFolder(cluster))
      for (const file of taken) say(file)
      process.stderr.write(`${taken.length} certificates taken in, ${unchanged} were there already\n`)
      if (open.length === 0) {
        process.stderr.write(`nothing is open: slipway apply -c ${cluster.clusterFile}\n`)
        return
      }
      process.stderr.write(`still open, ${open.length}:\n`)
      for (const { file, why } of open) process.stderr.write(`  ${file}: ${why}\n`)
      process.exitCode = exitCodes.difference
    })
