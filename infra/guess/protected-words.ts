/** A ground on which people are protected, how columns that hold it are named, and what stands in them. Words are folded (`fold`). */
export interface ProtectedGround {
  readonly ground: string;
  /** English, German, French, Spanish, Italian, Portuguese and Dutch. */
  readonly names: readonly string[];
  /** With one of these words the name means something else. */
  readonly unless: readonly string[];
  /** Words of the values, in classes: at least two classes must occur for the values alone to tell. */
  readonly values: readonly (readonly string[])[];
}

export const PROTECTED_GROUNDS: readonly ProtectedGround[] = [
  { ground: 'sex or gender', unless: ['orientation'],
    names: ['sex', 'gender', 'male', 'female', 'is male', 'woman', 'women', 'man', 'geschlecht', 'weiblich', 'maennlich', 'frau', 'anrede', 'sexe', 'genre', 'femme', 'homme', 'sexo', 'genero', 'mujer', 'hombre', 'sesso', 'genere', 'geslacht'],
    values: [['male', 'm', 'man', 'men', 'boy', 'maennlich', 'mann', 'herr', 'homme', 'masculin', 'hombre', 'masculino', 'varon', 'maschio', 'mr'],
      ['female', 'f', 'woman', 'women', 'girl', 'weiblich', 'w', 'frau', 'femme', 'feminin', 'mujer', 'femenino', 'feminino', 'femmina', 'mrs', 'ms']] },
  { ground: 'race or ethnicity', unless: ['car', 'horse', 'time', 'distance', 'winner', 'number', 'id', 'thickness', 'product', 'eye', 'hair'],
    names: ['race', 'races', 'ethnic*', 'skin color', 'skin colour', 'skin tone', 'skin type', 'skincolor', 'skintone', 'black', 'white', 'hispanic', 'latino', 'caucasian', 'african american', 'rasse', 'ethni*', 'hautfarbe', 'hauttyp', 'raza', 'etni*', 'color de piel', 'couleur de peau', 'raca', 'razza', 'caste', 'tribe', 'indigenous'],
    values: [['white', 'caucasian', 'weiss', 'blanc', 'blanco', 'nonwhite'], ['black', 'african', 'schwarz', 'noir', 'negro'], ['asian', 'asiatisch', 'asiatique', 'asiatico', 'chinese', 'indian'],
      ['hispanic', 'latino', 'latina', 'latinx'], ['native', 'amer', 'eskimo', 'indigenous', 'pacific', 'islander'], ['mixed', 'biracial', 'multiracial']] },
  { ground: 'age', unless: ['account', 'vehicle', 'car', 'house', 'home', 'building', 'property', 'company', 'firm', 'credit', 'policy', 'phone', 'device', 'contract', 'page', 'vessel', 'machine', 'tree', 'score', 'gap'],
    names: ['age', 'ages', 'agegroup', 'year of birth', 'birth year', 'birthyear', 'yob', 'alter', 'altersgruppe', 'geburtsjahr', 'edad', 'ano de nacimiento', 'annee de naissance', 'tranche d age', 'idade', 'eta', 'leeftijd'],
    values: [] },
  { ground: 'religion or belief', unless: [],
    names: ['religi*', 'faith', 'creed', 'belief', 'konfession', 'glaube', 'glauben', 'croyance', 'confession', 'creencia', 'credo', 'godsdienst'],
    values: [['christian', 'catholic', 'protestant', 'orthodox', 'christlich', 'katholisch', 'evangelisch', 'catholique', 'catolico'], ['muslim', 'islam', 'islamic', 'muslimisch', 'musulman'], ['jewish', 'juedisch', 'juif', 'judio'],
      ['hindu'], ['buddhist', 'buddhistisch'], ['atheist', 'agnostic', 'konfessionslos']] },
  { ground: 'disability', unless: [],
    names: ['disab*', 'handicap*', 'impairment', 'behinder*', 'schwerbehinder*', 'invalidite', 'discapacid*', 'deficiencia', 'disabilita', 'gehandicapt'],
    values: [] },
  { ground: 'marital status', unless: [],
    names: ['marital', 'marriage', 'married', 'civil status', 'marital status', 'familienstand', 'verheiratet', 'etat civil', 'situation familiale', 'matrimonial', 'estado civil', 'stato civile', 'burgerlijke staat'],
    values: [['married', 'verheiratet', 'marie', 'mariee', 'casado', 'casada'], ['single', 'never', 'unmarried', 'ledig', 'celibataire', 'soltero', 'soltera'],
      ['divorced', 'separated', 'geschieden', 'divorce', 'divorcee', 'divorciado', 'divorciada'], ['widowed', 'widow', 'verwitwet', 'veuf', 'veuve', 'viudo', 'viuda']] },
  { ground: 'nationality or origin', unless: ['airport', 'flight', 'code'],
    names: ['nationalit*', 'citizen*', 'national origin', 'native country', 'country of birth', 'birth country', 'birthplace', 'place of birth', 'foreign born', 'geburtsort', 'lieu de naissance', 'lugar de nacimiento', 'immigra*', 'migra*', 'foreign', 'foreigner', 'staatsangehoerig*', 'staatsbuergerschaft', 'auslaender*', 'herkunftsland', 'geburtsland', 'herkunft',
      'nationalite', 'pays de naissance', 'etranger', 'citoyennete', 'nacionalidad', 'pais de nacimiento', 'extranjero', 'nacionalidade', 'nazionalita', 'mother tongue', 'native language', 'muttersprache'],
    values: [] },
  { ground: 'sexual orientation', unless: [], names: ['sexual orientation', 'sexuelle orientierung', 'orientation sexuelle', 'orientacion sexual', 'lgbt*'], values: [['heterosexual', 'straight'], ['homosexual', 'gay', 'lesbian', 'bisexual']] },
  { ground: 'pregnancy or parenthood', unless: ['number', 'count'], names: ['pregnan*', 'schwanger*', 'enceinte', 'grossesse', 'embaraz*', 'gravid*', 'maternity', 'parental leave', 'elternzeit'], values: [] },
  { ground: 'veteran status', unless: [], names: ['veteran*', 'military status'], values: [] },
];
