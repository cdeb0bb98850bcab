using System.Reflection;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>What an interface has, by reflection.</summary>
internal static class ApiMethods
{
    /// <summary>All methods of an interface and of those that it extends.</summary>
    public static IEnumerable<MethodInfo> Of(Type type) => type.GetInterfaces().Prepend(type).SelectMany(each => each.GetMethods());

    /// <summary>The asynchronous method of the same name and parameters; null: there is none.</summary>
    public static MethodInfo? AsyncOf(MethodInfo method, Type type) =>
        Of(type).FirstOrDefault(other => other.Name == method.Name + "Async" && TypesOf(other).SequenceEqual(TypesOf(method)));

    /// <summary>The method as it is declared, without its type arguments.</summary>
    public static MethodInfo Plain(MethodInfo method) => method.IsGenericMethod ? method.GetGenericMethodDefinition() : method;

    /// <summary>As one writes it: <c>IDatabase.SetAdd(RedisKey, RedisValue[], CommandFlags)</c>.</summary>
    public static string NameOf(MethodInfo method) =>
        $"{method.DeclaringType!.Name}.{method.Name}({string.Join(", ", TypesOf(method).Select(NameOf))})";

    private static IEnumerable<Type> TypesOf(MethodInfo method) => method.GetParameters().Select(parameter => parameter.ParameterType);

    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } plain) return NameOf(plain) + "?";
        if (type.IsArray) return NameOf(type.GetElementType()!) + "[]";
        if (!type.IsGenericType) return type.Name;
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }
}
