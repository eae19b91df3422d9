// From stdin: a list of HTML pages by name, and of clients. To stdout: what caniemail says of them
// together: [feature, client, "none" or "partly", its notes, a page where it was found].
import { text } from "node:stream/consumers";
import { caniemail } from "caniemail";

const { pages, clients } = JSON.parse(await text(process.stdin));
const told = new Map();
for (const [name, html] of Object.entries(pages)) {
  const { issues } = caniemail({ clients, html });
  for (const [kind, level] of [["errors", "none"], ["warnings", "partly"]]) {
    for (const [client, found] of issues[kind]) {
      for (const { title, notes } of found) {
        told.set(`${title}|${client}|${level}`, [title, client, level, notes.join(" "), name]);
      }
    }
  }
}
process.stdout.write(JSON.stringify([...told.values()]));
