using Google.Protobuf;

namespace RedisActors.Wire;

/// <summary>The wire form of one kind of message, with the manifest that names it.</summary>
internal sealed record MessageForm(string Manifest, Type Type, Func<object, byte[]> Write, Func<byte[], object> Read)
{
    public static MessageForm Of<TMessage, TWire>(
        string manifest, MessageParser<TWire> parser, Func<TMessage, TWire> toWire, Func<TWire, TMessage> fromWire)
        where TMessage : notnull
        where TWire : IMessage<TWire> => new(
            manifest,
            typeof(TMessage),
            message => toWire((TMessage)message).ToByteArray(),
            bytes => fromWire(parser.ParseFrom(bytes)));

    /// <summary>One that is written and read field by field.</summary>
    public static MessageForm Of<TMessage>(string manifest, Action<FormWriter, TMessage> write, Func<FormReader, TMessage> read)
        where TMessage : notnull => new(
            manifest,
            typeof(TMessage),
            message => FormWriter.Write((TMessage)message, write),
            bytes => read(new FormReader(bytes, 0, bytes.Length)));

    /// <summary>A message without content, of which there is one instance.</summary>
    public static MessageForm Of<TMessage>(string manifest, TMessage instance)
        where TMessage : notnull => Of(manifest, Form.Nothing.Parser, (TMessage _) => new Form.Nothing(), _ => instance);
}
