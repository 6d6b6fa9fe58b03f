/** `slipway token create`: a token, and the command that joins one more host with it. */
import { Command } from 'commander'
import { applyObject } from '../api/objects.ts'
import { bootstrapTokenSecret, newToken, type TokenSettings, tokenId, tokenUsages } from '../api/tokens.ts'
import { keysOnHosts } from '../config/certificate-keys.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { apiEndpoint } from '../phases/render-input.ts'
import { caHash } from '../pki/ca-hash.ts'
import type { Redactor } from '../report/redact.ts'
import { withApi } from '../run/api-session.ts'
import { type ClusterFileFlags, clusterOf, withClusterFlags } from './cluster-flags.ts'
import { type TokenFlags, tokenSettings, warnOfPermanent } from './token-flags.ts'

type Tool = 'slipway' | 'kubeadm'

type Flags = ClusterFileFlags & TokenFlags & { readonly printJoinCommand?: true | Tool }

const joinCommand = (config: ClusterConfig, caPem: string, token: string, tool: true | Tool): string => {
  const { host, port } = apiEndpoint(config)
  const join = `join ${host}:${port} --token ${token} --discovery-token-ca-cert-hash ${caHash(caPem)}`
  if (tool === 'kubeadm') return `kubeadm ${join}`
  return `slipway ${join} --bundle slipway-${config.kubernetes.version}.bundle`
}

/** With the one use a host finds the cluster, with the other it asks for its certificate. */
const refuseUseless = ({ usages }: TokenSettings): void => {
  const missing = usages && tokenUsages.find((usage) => !usages.includes(usage))
  if (missing !== undefined)
    throw new UserError(`no host can join with a token that is not for ${missing}`, {
      hint: 'leave out --usages, or --print-join-command',
    })
}

/** A host would wait for a certificate that nobody signs. */
const refuseWhereNobodySigns = (config: ClusterConfig): void => {
  if (keysOnHosts(config)) return
  throw new UserError(
    'no host joins this cluster with a token: nobody in it signs certificates (certificates.keysOnHosts)',
    {
      hint: 'add the host to the cluster file: slipway apply joins it',
    },
  )
}

export const createTokenCommand = (redactor: Redactor): Command =>
  withClusterFlags(new Command('create').description('make a token'))
    .option('--ttl <duration>', 'how long it is valid (default: 24h)')
    .option('--permanent', 'valid until it is deleted')
    .option('--description <text>', 'what it is for')
    .option('--usages <list>', `what it is good for (default: ${tokenUsages.join(',')})`)
    .option('--groups <list>', 'the groups of whoever has it (default: that of nodes to be)')
    .option('--print-join-command [tool]', 'print the command that joins a host: for slipway, or for kubeadm')
    .action(async (flags: Flags) => {
      const settings = tokenSettings(flags, new Date())
      if (flags.printJoinCommand) refuseUseless(settings)
      const cluster = await clusterOf(flags, redactor)
      if (flags.printJoinCommand) refuseWhereNobodySigns(cluster.config)
      const token = newToken()
      redactor.add(token)
      await withApi(cluster, async (api, { ca }) => {
        await applyObject(api, bootstrapTokenSecret({ token, ...settings }), { dryRun: false })
        warnOfPermanent(tokenId(token), settings)
        const tool = flags.printJoinCommand
        const line = tool ? joinCommand(cluster.config, ca.certPem, token, tool) : token
        process.stdout.write(`${line}\n`)
      })
    })
