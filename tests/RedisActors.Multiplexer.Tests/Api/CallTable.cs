using System.Collections;
using System.Linq.Expressions;
using System.Reflection;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>A call as it is written in C#, so that the compiler has chosen the overload.</summary>
/// <param name="Method">The method that is called.</param>
/// <param name="Lambda">The call; its arguments may make use of the object that it is called on.</param>
/// <param name="Varies">Why two runs on one client give two results, of which only the type is compared then; null: they do not.</param>
internal sealed record ApiCall(MethodInfo Method, LambdaExpression Lambda, string? Varies)
{
    public string Name => ApiMethods.NameOf(Method);

    /// <summary>The arguments, made anew: some are used up by a call.</summary>
    public object?[] Arguments(object? target) => [.. ((MethodCallExpression)Lambda.Body).Arguments.Select(argument => Evaluate(argument, target))];

    /// <summary>What making the call shows: its result or its exception.</summary>
    public async Task<string> SeeAsync(Func<Task<object?>> make)
    {
        try
        {
            var value = await make();
            return (Varies is null ? ResultText.Of(value) : ResultText.KindOf(value)) + "\n  data  ";
        }
        catch (Exception error)
        {
            return (Varies is null ? ResultText.Of(error) : ResultText.KindOf(error)) + "\n  data  ";
        }
    }

    public override string ToString() => Lambda.Body.ToString();

    private object? Evaluate(Expression argument, object? target)
    {
        if (argument is ConstantExpression constant) return constant.Value;
        var boxed = Expression.Lambda(Expression.Convert(argument, typeof(object)), Lambda.Parameters);
        return boxed.Compile(preferInterpretation: true).DynamicInvoke(target);
    }
}

/// <summary>Calls of an interface's methods, one or more for each.</summary>
internal sealed class CallTable<T> : IEnumerable<ApiCall>
{
    private readonly List<ApiCall> _calls = [];

    public void Add(Expression<Action<T>> call) => Add(null!, call);

    public void Add(string varies, Expression<Action<T>> call) =>
        _calls.Add(new ApiCall(((MethodCallExpression)call.Body).Method, call, varies));

    public IEnumerator<ApiCall> GetEnumerator() => _calls.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
