/** `slipway join`: workers from the workstation (`-c`), or the very host that this runs on (an ENDPOINT), as with kubeadm. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Endpoint } from '../api/discovery.ts'
import { tokenPattern } from '../api/tokens.ts'
import { UserError } from '../errors.ts'
import type { Redactor } from '../report/redact.ts'
import { afterInstall } from './install.ts'
import { joinHere } from './join-here.ts'
import { type ClusterFlags, clusterCommand, playbooks, runOnCluster } from './run-cluster.ts'

type HereFlags = {
  readonly publicKey?: string
  readonly token?: string
  readonly tokenFile?: string
  readonly discoveryTokenCaCertHash?: readonly string[]
  readonly nodeName?: string
  readonly nodeIp?: string
}

const how =
  'on the control plane’s workstation, this prints the whole command: slipway token create --print-join-command'

const endpointOf = (text: string): Endpoint => {
  const [, host = '', port = '6443'] = /^([A-Za-z0-9.-]+)(?::(\d{1,5}))?$/.exec(text) ?? []
  if (host === '' || Number(port) > 65_535)
    throw new UserError(`${text} is not the address of an API server`, {
      hint: 'it is HOST:PORT, as in 10.0.0.11:6443',
    })
  return { host, port: Number(port) }
}

const tokenOf = async ({ token, tokenFile }: HereFlags): Promise<string> => {
  const read = (path: string) =>
    readFile(path, 'utf8').catch((cause: unknown) => {
      throw new UserError(`cannot read the token in ${path}`, { cause })
    })
  const text = tokenFile === undefined ? token : (await read(tokenFile)).trim()
  if (text === undefined)
    throw new UserError('joining needs a token: --token, or --token-file', { hint: how })
  // Of a token that is wrong nothing is shown: it may be right but for a letter.
  if (!tokenPattern.test(text))
    throw new UserError('that is not a bootstrap token', {
      hint: `one is six letters or digits, a dot, and sixteen more, all lower case; ${how}`,
    })
  return text
}

const hashesOf = ({ discoveryTokenCaCertHash: hashes }: HereFlags): readonly string[] => {
  if (!hashes || hashes.length === 0)
    throw new UserError('joining needs the hash of the CA: --discovery-token-ca-cert-hash', { hint: how })
  const wrong = hashes.find((hash) => !/^sha256:[0-9a-f]{64}$/.test(hash))
  if (wrong !== undefined)
    throw new UserError(`${wrong} is not the hash of a CA`, {
      hint: `one is sha256: and 64 hexadecimal digits, lower case; ${how}`,
    })
  return hashes
}

export const joinCommand = (redactor: Redactor): Command =>
  clusterCommand('join')
    .argument('[endpoint]', 'HOST:PORT of the API, when this host is to join by itself')
    .option('--host <names...>', 'only these hosts of the cluster file')
    .option('--token <token>', 'with an ENDPOINT: the bootstrap token')
    .option('--token-file <file>', 'with an ENDPOINT: a file that holds it (/dev/stdin is one)')
    .option('--discovery-token-ca-cert-hash <hashes...>', 'with an ENDPOINT: sha256:… of the CA')
    .option(
      '--public-key <key>',
      'with an ENDPOINT: who must have signed the bundle (slipway bundle keygen prints it)',
    )
    .option('--node-name <name>', 'with an ENDPOINT: the node’s name (default: the host name)')
    .option('--node-ip <address>', 'with an ENDPOINT: the node’s address (default: the one towards the API)')
    .action(async (endpoint: string | undefined, flags: ClusterFlags & HereFlags) => {
      if (endpoint === undefined)
        return runOnCluster(redactor, flags, {
          command: ['join'],
          playbooks: playbooks('join'),
          next: afterInstall,
        })
      return joinHere(redactor, {
        ...flags,
        endpoint: endpointOf(endpoint),
        token: await tokenOf(flags),
        caHashes: hashesOf(flags),
        nodeName: flags.nodeName,
        nodeIp: flags.nodeIp,
      })
    })
