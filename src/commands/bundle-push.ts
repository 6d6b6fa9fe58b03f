/** `slipway bundle push`: a bundle into a registry, from where `bundle create --source registry` makes it again. */
import { Command } from 'commander'
import { openTransport } from '../bundle/http/transport.ts'
import { openBundle } from '../bundle/open.ts'
import { openRegistry } from '../bundle/registry/open-registry.ts'
import { pushBundle } from '../bundle/registry/push-bundle.ts'
import { parsePlace } from '../bundle/registry/reference.ts'
import { counted, megabytesText } from '../report/words.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

export const pushCommand = (): Command =>
  new Command('push')
    .description('put a bundle into a registry, and its images under their own names')
    .argument('<file>')
    .argument('<registry>', 'registry.example.org, or registry.example.org/prefix')
    .option('--ca-file <file>', 'certificates to trust besides those of the system (PEM)')
    .action(async (file: string, registry: string, { caFile }: { readonly caFile?: string }) => {
      const place = parsePlace(registry)
      const bundle = await openBundle(file)
      const transport = await openTransport({ environment: process.env, caFile })
      try {
        const session = openRegistry(transport, place.origin, process.env)
        const { name, tags, sent } = await pushBundle({ bundle, session, place, say })
        const bytes = sent.reduce((sum, { size }) => sum + size, 0)
        say(`${counted(sent.length, 'blob')} sent, ${megabytesText(bytes)}; tagged ${tags.join(' and ')}`)
        process.stdout.write(`${name}\n`)
      } finally {
        transport.close()
      }
    })
