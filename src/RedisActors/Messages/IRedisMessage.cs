namespace RedisActors;

/// <summary>
/// Marks the messages that travel to and from a <see cref="RedisActor"/>, so that one line of configuration binds them all to their
/// serializer, <see cref="Wire.RedisMessageSerializer"/>. Not to be implemented by others: that serializer knows only the messages of
/// this library.
/// </summary>
public interface IRedisMessage;
