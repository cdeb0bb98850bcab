using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Tests;

public sealed class FirstWriteTests
{
    [Theory]
    [InlineData(":0\r\n", 0L)]
    [InlineData(":100\r\n", 100L)]
    [InlineData(":10", null)]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", null)]
    public void An_answer_is_the_number_of_keys_or_none(string reply, long? keys) => Assert.Equal(keys, FirstWrite.KeysIn(reply));
}
