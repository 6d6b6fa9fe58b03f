/** `slipway kubeconfig user`: a kubeconfig for somebody else, with a certificate of the cluster's CA, for a while. */
import { Command } from 'commander'
import { personSubject } from '../pki/person.ts'
import type { Redactor } from '../report/redact.ts'
import { authoritiesOf, issueKubeconfig } from '../run/client-kubeconfig.ts'
import { type ClusterFileFlags, localClusterOf, withClusterFlags } from './cluster-flags.ts'
import { durationFlag, shownDate } from './duration-flag.ts'
import { saveKubeconfig } from './kubeconfig-save.ts'

type Flags = ClusterFileFlags & {
  readonly group: readonly string[]
  readonly ttl: string
  readonly output?: string
  readonly system?: boolean
}

const oneMore = (group: string, before: readonly string[]): readonly string[] => [...before, group]

export const userKubeconfigCommand = (redactor: Redactor): Command =>
  withClusterFlags(new Command('user').description('make one for somebody else; RBAC says what they may do'))
    .argument('<name>', 'the user that RBAC rules will name')
    .option('--group <name>', 'a group of theirs; may be given several times', oneMore, [])
    .option('--ttl <duration>', 'how long it works: nothing ends it earlier', '8h')
    .option('-o, --output <file>', 'file to write, 0600 (default: print it)')
    .option('--system', 'let the name and groups be those of Kubernetes itself (system:…)')
    .action(async (name: string, flags: Flags) => {
      const subject = personSubject(name, flags.group, { system: flags.system === true })
      const seconds = durationFlag('--ttl', flags.ttl)
      const cluster = await localClusterOf(flags, redactor)
      const issued = await issueKubeconfig(cluster.config, await authoritiesOf(cluster), { subject, seconds })
      redactor.add(issued.keyPem)
      if (flags.output === undefined) process.stdout.write(issued.text)
      else await saveKubeconfig(flags.output, issued)
      const where = flags.output === undefined ? '' : `${flags.output}: `
      process.stderr.write(
        `${where}${issued.context}, until ${shownDate(issued.expires)}; a certificate cannot be taken back before\n`,
      )
    })
