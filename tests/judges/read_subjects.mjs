// From stdin: Subject fields as they stand on the wire, in base64. To stdout: what mailparser's
// header decoder (libmime) reads in each.
import { text } from "node:stream/consumers";
import libmime from "libmime";

const fields = JSON.parse(await text(process.stdin));
const read = fields.map((field) => {
  const line = Buffer.from(field, "base64").toString("latin1").trimEnd().replace(/\r\n(?=[ \t])/g, "");
  return libmime.decodeWords(line.slice(line.indexOf(":") + 1).trimStart());
});
process.stdout.write(JSON.stringify(read));
