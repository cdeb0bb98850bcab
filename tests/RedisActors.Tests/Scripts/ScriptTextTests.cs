using System.Runtime.CompilerServices;
using RedisActors.ExactlyOnce;

namespace RedisActors.Tests.Scripts;

public sealed class ScriptTextTests
{
    [Fact]
    public void The_hash_of_a_text_is_computed_once()
    {
        var text = $"return '{Guid.NewGuid()}'";

        Assert.Same(ScriptText.Of(text), ScriptText.Of(new string(text)));
        Assert.Same(ScriptText.Of(text).Once, new RedisScript(text, ["key"]).Script.Once);
        Assert.Equal("e0e1f9fabfc9d4800c877a703b823ac0578ff8db", ScriptText.Of("return 1").Sha1);
    }

    /// <summary>Whoever makes a text for each call gets it hashed each time, and nothing grows.</summary>
    [Fact]
    public void Texts_that_are_made_up_as_they_go_are_not_kept_for_ever()
    {
        var first = Reference(0);
        for (var i = 1; i < 5_000; i++) Make(i);

        GC.Collect();
        Assert.False(first.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Reference(int number) => new(Make(number));

        static object Make(int number) => ScriptText.Of($"return {number} -- made up");
    }

    [Fact]
    public void With_a_token_the_text_begins_on_its_first_line_behind_what_tells_the_server_how_to_run_it()
    {
        Assert.StartsWith("local script = function(KEYS, ARGV, ...) return 1\nend\n", ScriptText.Of("return 1").Once.Text);
        Assert.StartsWith("#!lua flags=allow-oom\nlocal script = function(KEYS, ARGV, ...) return 1\nend\n", ScriptText.Of("#!lua flags=allow-oom\nreturn 1").Once.Text);
    }
}
