using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Asks a vendor what became of an operation whose answer was lost: by a record that bears it. Whatever is not a whole list in which every
/// record can be read says nothing of an operation that is not found there.
/// </summary>
internal sealed class OperationReconciler(VendorCall call)
{
    /// <param name="given">What the operation was sent with, <c>operation</c> among it.</param>
    public async Task<CallOutcome<OperationStatus>> AskAsync(
        Connection connection, ReconcileRule rule, IReadOnlyDictionary<string, string> given, CancellationToken cancellationToken)
    {
        var outcome = await call.ReadListAsync(connection, rule.List, given, cancellationToken);
        if (outcome is not CallOutcome<VendorList>.Done(var list))
            return outcome.As<OperationStatus>();
        var bearing = list.Items.Where(item => rule.Bears.All(one => one.Holds(new(item, given)))).ToList();
        if (bearing.Exists(item => rule.Where.Concat(rule.Belongs).All(one => one.Holds(new(item, given)))))
            return new CallOutcome<OperationStatus>.Done(OperationStatus.Applied);
        // A record that bears it and is not as it should be is no sign that there is none.
        var isAbsent = list.IsWhole && bearing.Count == 0 && list.Items.All(item => IsReadable(rule, new(item, given)));
        return new CallOutcome<OperationStatus>.Done(
            isAbsent && rule.AbsenceProvesNotDone ? OperationStatus.NotApplied : OperationStatus.CannotTell);
    }

    private static bool IsReadable(ReconcileRule rule, ValueScope item) =>
        rule.Where.Concat(rule.Belongs).All(one => one.Left.IsTold(item, isList: one.Operator == WhereOperator.Has));
}
