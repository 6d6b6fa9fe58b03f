// The shell programs that hosts run stand beside the sources that send them; the compiler leaves them behind.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [from, to] = ['../src', '../dist'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
for (const path of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.sh')) continue
  mkdirSync(dirname(join(to, path)), { recursive: true })
  copyFileSync(join(from, path), join(to, path))
}
