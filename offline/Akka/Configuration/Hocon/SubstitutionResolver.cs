#nullable disable // as in Akka.NET, whose configuration API carries no annotations
namespace Akka.Configuration.Hocon;

/// <summary>Ties every substitution to the value that its path has in the finished text, wherever that was written.</summary>
internal static class SubstitutionResolver
{
    public static void Resolve(HoconValue root, IReadOnlyCollection<HoconSubstitution> substitutions)
    {
        foreach (var substitution in substitutions)
        {
            var value = root;
            foreach (var key in HoconPath.Split(substitution.Path))
                value = value?.GetChildObject(key);

            substitution.ResolvedValue = value ?? throw new FormatException($"Unresolved substitution: {substitution.Path}");
        }

        foreach (var substitution in substitutions)
        {
            if (Reaches(substitution.ResolvedValue, substitution, []))
                throw new ConfigurationException($"The substitution ${{{substitution.Path}}} stands for itself.");
        }
    }

    private static bool Reaches(HoconValue value, HoconSubstitution target, HashSet<HoconValue> seen)
    {
        if (!seen.Add(value))
            return false;

        return value.Values.Exists(element => element switch
        {
            HoconSubstitution substitution => substitution == target || Reaches(substitution.ResolvedValue, target, seen),
            HoconObject child => child.Items.Values.Any(item => Reaches(item, target, seen)),
            HoconArray array => array.Exists(item => Reaches(item, target, seen)),
            _ => false,
        });
    }
}
