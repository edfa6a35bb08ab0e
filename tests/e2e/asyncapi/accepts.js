// Parses the AsyncAPI document named on the command line, and prints what it found there as JSON.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const found = {
  diagnostics: diagnostics.map(({ severity, code, path, message }) => ({ severity, code, path: path.join("/"), message })),
  channels: document?.channels().all().map((channel) => channel.address()) ?? [],
  messages: document?.allMessages().all().map((message) => message.name()) ?? [],
};
process.stdout.write(JSON.stringify(found));
