/** `slipway certs auto-renew`: a systemd timer on this machine that renews unattended, as the cluster file says. */
import { resolve } from 'node:path'
import { Command } from 'commander'
import { checkIds } from '../checks/index.ts'
import { loadCluster } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { clusterFolder, isSealed } from '../pki/store.ts'
import { settleAutoRenew } from '../run/auto-renew.ts'
import { shipped } from '../shipped.ts'
import { type ClusterFileFlags, withClusterFlags } from './cluster-flags.ts'

const program = shipped('bin/slipway.js')

/** What decides where bundles and settings are found. */
const inherited = ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'] as const

const environment = (): Readonly<Record<string, string>> =>
  Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))

export const autoRenewCommand = (): Command =>
  withClusterFlags(
    new Command('auto-renew').description(
      'let this machine renew unattended, as certificates.autoRenew says; without it, let it stop',
    ),
  ).action(async ({ config: clusterFile, passphraseFile }: ClusterFileFlags) => {
    const config = await loadCluster(clusterFile, { checkIds: checkIds() })
    if (passphraseFile === undefined && (await isSealed(clusterFolder(clusterFile, config.name))))
      throw new UserError('the keys are sealed, and nobody will be there to be asked for their passphrase', {
        hint: 'say where it is: --passphrase-file FILE',
      })
    const lines = await settleAutoRenew(
      {
        slipway: [process.execPath, program],
        clusterFile: resolve(clusterFile),
        passphraseFile: passphraseFile === undefined ? undefined : resolve(passphraseFile),
        environment: environment(),
        folder: process.cwd(),
      },
      config,
    )
    process.stdout.write(`${lines.join('\n')}\n`)
  })
