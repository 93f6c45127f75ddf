using System.Text.Json.Nodes;
using DevOpsAI.Common.Yaml;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads how a vendor is asked what became of an operation.</summary>
internal static class ReconcileReader
{
    private const string OwnOfTarget = "target";

    public static ReconcileRule Read(YamlFields fields, ManifestScope scope, string[] given)
    {
        var list = ManifestReader.List(fields, scope, given, close: false);
        var rule = new ReconcileRule(
            list, scope.Conditions(fields, "where", given), Belongs(fields, scope, list),
            fields.Flag("absenceProvesNotDone", otherwise: false));
        // One that says less than the whole operation, or what the vendor cannot but say, would take another's record for ours.
        if (rule.Bears.Count == 0 || !rule.Bears.All(ReconcileRule.Tells))
        {
            fields.Error(
                "'where' has to tell our operation by the vendor's member that holds it, as in \"{reference} == {$operation}\"",
                fields.LineAt("where"));
        }
        fields.NothingElse();
        return rule;
    }

    /// <summary>As of a target, or the word target for a list that is the target's own.</summary>
    private static List<WhereRule> Belongs(YamlFields fields, ManifestScope scope, ListTemplate list)
    {
        if (fields.Document("belongs") is not JsonValue word || word.ToString() != OwnOfTarget)
            return ManifestReader.Belongs(fields, scope);
        if (!list.Request.Given.Contains("target.id"))
            fields.Error("'belongs' is target where 'request' is about {$target.id} alone", fields.LineAt("belongs"));
        return [];
    }
}
