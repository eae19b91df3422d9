// From stdin: messages in base64, by name. To stdout: what mailparser makes of each.
import { text } from "node:stream/consumers";
import libmime from "libmime";
import mailparser from "mailparser";

const asked = JSON.parse(await text(process.stdin));
const told = {};
for (const [name, message] of Object.entries(asked)) {
  const mail = await mailparser.simpleParser(Buffer.from(message, "base64"), {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
  });
  const headers = Object.fromEntries(mail.headers);
  if (headers.list?.id?.name) {
    headers.list.id.name = libmime.decodeWords(headers.list.id.name); // mailparser leaves it as it is
  }
  told[name] = {
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    from: mail.from.value,
    to: mail.to.value,
    date: mail.date.toISOString(),
    message_id: mail.messageId,
    list: headers.list ?? null,
    precedence: headers.precedence ?? null,
    generated: headers["auto-submitted"] ?? null,
    feedback: headers["feedback-id"] ?? null,
    kind: headers["content-type"].value,
    attachments: mail.attachments.length,
    names: mail.headerLines.map((line) => line.key),
  };
}
process.stdout.write(JSON.stringify(told));
