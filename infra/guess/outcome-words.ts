/** Names of the column that says what really happened. Words are folded. */
export const LABEL_NAMES = ['label', 'labels', 'target', 'y', 'class', 'classification', 'outcome', 'ground truth', 'truth', 'response', 'result', 'y true',
  'klasse', 'ziel', 'zielgroesse', 'ergebnis', 'etiquette', 'cible', 'classe', 'resultat', 'etiqueta', 'objetivo', 'clase', 'resultado', 'obiettivo', 'doel'] as const;

/** Outcomes that people are audited for, weaker as evidence than a column called label. */
export const OUTCOME_NAMES = ['income', 'default', 'default payment', 'defaulted', 'recid*', 'rearrest*', 'reoffend*', 'hired', 'hire', 'approved', 'accepted', 'admitted', 'admit', 'admission', 'granted', 'churn*', 'fraud*',
  'survived', 'readmi*', 'diagnos*', 'died', 'death', 'mortality', 'pass', 'passed', 'pass bar', 'graduat*', 'dropout', 'repaid', 'paid', 'bad', 'good bad', 'creditability', 'credit risk', 'subscribed', 'clicked', 'purchased', 'converted', 'convicted',
  'arrest made', 'arrested', 'anomaly', 'outlier', 'attrition', 'delinquen*', 'loan status', 'failure', 'failed', 'success', 'safety', 'safe', 'unsafe', 'collision', 'crash*', 'accident', 'violation', 'malfunction', 'performs well', 'performed well', 'promoted', 'selected', 'suitable', 'qualified', 'eligible', 'geeignet', 'shortlisted', 'heart disease', 'stroke', 'diabetes', 'g3', 'final grade', 'salary', 'high income',
  'eingestellt', 'bewilligt', 'abgelehnt', 'ausfall', 'kuendigung', 'zugelassen', 'rueckfall', 'bestanden', 'embauche', 'accorde', 'defaut', 'recidive', 'admis', 'contratado', 'aprobado', 'aprovado', 'impago', 'inadimplente', 'reincidencia', 'approvato'] as const;

/** Names of what a model said. */
export const SCORE_NAMES = ['score', 'scores', 'prob', 'proba', 'probability', 'probabilities', 'p', 'risk score', 'y score', 'y prob', 'y proba', 'propensity', 'likelihood', 'confidence', 'logit',
  'wahrscheinlichkeit', 'punktzahl', 'risikowert', 'probabilite', 'probabilidad', 'puntuacion', 'puntaje', 'probabilita', 'punteggio', 'kans'] as const;

export const DECISION_NAMES = ['prediction', 'predictions', 'predicted', 'predict', 'pred', 'yhat', 'y hat', 'y pred', 'decision', 'decisions', 'model output', 'recommendation', 'recommended', 'flagged',
  'vorhersage', 'entscheidung', 'empfehlung', 'prevision', 'predite', 'decisao', 'prediccion', 'predicho', 'previsione', 'decisione', 'voorspelling', 'beslissing'] as const;

/** With one of these a score is a measurement of the person, known before any model. */
export const MEASURED_WORDS = ['credit', 'fico', 'test', 'exam', 'math', 'maths', 'reading', 'writing', 'lsat', 'sat', 'gre', 'gpa', 'apgar', 'pain', 'interview', 'aptitude', 'iq', 'social', 'value'];

/** Values that mean yes, folded; the more telling first. */
export const POSITIVE_VALUES = ['1', 'true', 'yes', 'y', 't', 'ja', 'wahr', 'oui', 'vrai', 'si', 'sim', 'verdadero', 'positive', 'pos', 'positiv', 'approved', 'accepted', 'granted', 'hired', 'admitted', 'selected', 'passed', 'pass', 'good', 'gut', 'bon', 'bueno',
  'success', 'successful', 'repaid', 'fully paid', 'bewilligt', 'eingestellt', 'bestanden', 'accorde', 'aprobado', 'aprovado', 'anomaly', 'outlier', 'abnormal', 'fraud', 'default', 'churn', 'churned', 'malignant', 'died', 'recidivism', 'recidivist', 'failure'] as const;
